package cn.jingshu.marketplace.portal;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What was just done, told once on the page one is led to: the only values of {@code ?done=} that say anything. */
enum Done {
    SIGNED_UP("账户已创建,您已登录。请选择一个产品并订阅。", "The account is made and you are signed in. Choose a product and subscribe."),
    SUBSCRIBED("订阅已生效。现在领取密钥。", "The subscription is in force. Now take a key."),
    APPLIED("申请已提交,等待数据主管部门审核。现在可先领取沙箱密钥。",
            "The application waits for the data bureau. A sandbox key can be taken now."),
    PLAN_CHANGED("套餐已变更,自此刻起按新套餐计量;密钥不变。", "The plan is changed: calls from now on belong to the new one. Keys stay."),
    PLAN_ASKED("套餐变更已提交,等待数据主管部门审核;此前仍按原套餐。", "The change waits for the data bureau; until then the old plan goes on."),
    REVOKED("密钥已吊销。", "The key is revoked."),
    DECLARED("草稿已保存。请核对后提交审核。", "The draft is kept. Look it over and submit it."),
    DECIDED("决定已记录。", "The decision is recorded."),
    BOOKED("凭证已入账。", "The entry is booked."),
    COST_ENTERED("成本凭证已记录。", "The cost voucher is entered."),
    COST_CANCELLED("成本凭证已撤销。", "The cost voucher is cancelled."),
    PROPOSED("已提交,等待另一人批准。", "It waits for another person."),
    ENTERED("条目已写入批次。", "The entry stands in the batch."),
    REMOVED("条目已移出批次。", "The entry is taken out of the batch."),
    SUBMITTED("批次已提交,等待数据主管部门另一人审核发布。", "The batch waits for another person of the bureau."),
    NOTED("已记录,期限自发生之日起算。", "It is noted; the term runs from the day it happened."),
    ASKED("延期申请已提交,等待数据主管部门另一人决定。", "More time is asked for; another person of the bureau decides."),
    OBJECTED("异议已提交,对方须在期限内答复。", "The objection is with the other side, who answers within the term."),
    SAID("已发送。", "It is sent."),
    HOLIDAYS_ENTERED("放假通知已登记,另一人核对签署后生效。", "The notice is entered; it holds once another person has compared and signed it."),
    ANSWERED("答复已记录,本人可凭查询码查看。", "The answer is recorded; the person reads it by the code."),
    HELD("已设置保留,期满也不删除。", "It is held: it stays although its time is over."),
    BUDGET_SET("预算已保存。", "The budget is saved."),
    TERMS_SET("账户条件已保存。", "The terms are saved."),
    RECEIVED("收款已入账。", "The receipt is booked."),
    INVOICE_NOTED("发票已登记。", "The invoice is noted."),
    PAY_BACK_ASKED("退款申请已提交,等待批准。", "The pay-back is asked for and waits to be approved."),
    SAMPLE_ASKED("样本申请已提交;涉及真实个人的,等待数据主管部门批准。", "The sample is asked for; where it is about real people it waits for the bureau."),
    SAMPLE_DRAWN("样本已抽取,沙箱已更新。", "The sample is drawn; the twin holds it."),
    REFUND_ASKED("退费申请已提交,等待另一人审批。", "The refund waits for another person."),
    SCHEDULED("装载计划已保存。", "The schedule is saved."),
    FRESHNESS_SET("时效已保存,自此刻起适用。", "How long it stays fresh is saved and holds from now on."),
    RUN_ASKED("已请求立即装载,数秒内开始。", "A load was asked for; it begins within seconds."),
    DUNNED("催收已按日期执行。", "Every step whose day has come is taken.");

    private final String zh;
    private final String en;

    Done(String zh, String en) {
        this.zh = zh;
        this.en = en;
    }

    /** As it stands in the address. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    Notice notice() {
        return new Notice(Notice.Kind.DONE, new Bilingual(zh, en));
    }

    static Optional<Done> of(@Nullable String word) {
        for (Done done : values()) {
            if (done.word().equals(word)) {
                return Optional.of(done);
            }
        }
        return Optional.empty();
    }
}
