package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.billing.Explanation.Verdict;

/** What a verdict about a call says to people. */
final class Verdicts {
    private Verdicts() {}

    static String zh(Verdict verdict) {
        return switch (verdict) {
            case BILLED -> "已按发生时有效的价格计入当月账单。";
            case CORRECTED -> "当月关账之后才到达计量系统,已作为更正计入后一期账单。";
            case TO_BE_BILLED -> "已记录并计数;其账单尚未关账。";
            case FREE_PURPOSE -> "订阅的用途属于公共治理、公益事业,依规定免费。";
            case SANDBOX -> "沙箱密钥的调用只计数,不计费。";
            case NOT_ANSWERED -> "产品拒绝了请求或发生故障,不收费。";
            case NOTHING_FOUND -> "未查到所查对象,合约只对查到的应答计费。";
            case NOT_MODIFIED -> "以 304 应答,调用方已持有该内容,不收费。";
            case NO_UNITS -> "应答所依据的数据已过期,或合约对此类应答不计费。";
            case VOID -> "经两人办理已作废;此前若已计费,后一期账单以负数行冲回。";
        };
    }

    static String en(Verdict verdict) {
        return switch (verdict) {
            case BILLED -> "It is on the bill of its month, at the price then in force.";
            case CORRECTED -> "It reached the meter after its month was closed, and is on a later bill as a correction.";
            case TO_BE_BILLED -> "It is recorded and counted; its bill is not closed yet.";
            case FREE_PURPOSE -> "The subscription's use is public interest, which is free by rule.";
            case SANDBOX -> "Calls on a sandbox key are counted, never billed.";
            case NOT_ANSWERED -> "The product refused the request or failed, which costs nothing.";
            case NOTHING_FOUND -> "There was no such thing; the contract bills found answers only.";
            case NOT_MODIFIED -> "It was answered 304: the caller held the answer already, which costs nothing.";
            case NO_UNITS -> "The data were out of date, or the contract bills nothing for such an answer.";
            case VOID -> "It was taken back by two people; if it had been billed, a later bill takes it back too.";
        };
    }
}
