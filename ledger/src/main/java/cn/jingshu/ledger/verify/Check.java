package cn.jingshu.ledger.verify;

/** What is looked at, in its order; each is a line of the report. */
public enum Check {
    ARCHIVE("文件包", "archive", "包的结构完整,没有任何字节游离于清单之外", "the archive is whole; no byte of it is outside the manifest"),
    DIGESTS("摘要", "digests", "每个文件与清单的长度、SHA-256、SM3 相符,不多不少", "each file has the manifest's size, SHA-256 and SM3; none is missing or added"),
    SIGNATURE("签名", "signature", "清单由所信任的密钥签署", "the manifest is signed by a key that is trusted"),
    ACCOUNTS("科目", "accounts", "科目表自身一致", "the chart of accounts agrees with itself"),
    ENTRIES("凭证", "entries", "凭证号从 1 起连续,内容与各自摘要相符", "numbers run from 1 without a gap; contents have their own digests"),
    CHAIN("凭证链", "chain", "每张凭证衔接前一张", "each entry follows the one before it"),
    BALANCED("借贷平衡", "balanced", "每张凭证借方等于贷方", "each entry debits what it credits"),
    TRIAL_BALANCE("试算平衡", "trial balance", "期初 + 发生 = 期末,合计为零", "opening + turnover = closing; all add up to zero"),
    LOG("防篡改日志", "log", "凭证在签名的检查点之下,日志只增不改", "the entries are under signed checkpoints of a log that only grew"),
    PRICES("价格", "prices", "公布在先、两人签署、不高于上限,公益用途免费", "published first, signed by two, within their ceilings; public interest is free"),
    PERMITTED_REVENUE("准许收入", "permitted revenue", "最高准许收入合公式、两人签署,收入不超过", "as the formula has it, signed by two, and not exceeded"),
    STATEMENTS("账单", "statements", "每行由用量 × 价格重算,税额与凭证相符", "each line computed again from usage × price, with its tax and its entry"),
    DOCUMENTS("账单文书", "documents", "发给数据使用方的账单原文与明细、收付、前后余额相符",
            "what consumers were told is what the lines, receipts and balances say"),
    USAGE("用量", "usage", "日志封存的批次之和 = 已计用量 = 账单数量", "sealed batches add up to the usage counted, which is the usage billed"),
    SHARES("分成", "shares", "由依据重算,两人签署、不溯及既往;结算所用即批准者",
            "computed again from what they rest on, signed by two, never retroactive; settlements use the approved ones"),
    SETTLEMENT("收益分配", "settlement", "由输入重算,与账相符", "computed again from its inputs, which are what the books say");

    private final String zh;
    private final String en;
    private final String meaningZh;
    private final String meaningEn;

    Check(String zh, String en, String meaningZh, String meaningEn) {
        this.zh = zh;
        this.en = en;
        this.meaningZh = meaningZh;
        this.meaningEn = meaningEn;
    }

    String label(Language language) {
        return language == Language.ZH ? zh : en;
    }

    String meaning(Language language) {
        return language == Language.ZH ? meaningZh : meaningEn;
    }
}
