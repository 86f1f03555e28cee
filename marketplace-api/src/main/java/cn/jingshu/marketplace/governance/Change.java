package cn.jingshu.marketplace.governance;

/** What came of asking to change a fact; a refusal is an ordinary answer. */
public sealed interface Change {
    /** The fact stands as asked for; {@code already}: it did before, so nothing was changed or logged. */
    record Done(boolean already) implements Change {}

    record Refused(Fault fault) implements Change {}

    /** Why a change is refused. */
    enum Fault {
        UNKNOWN("记录不存在", "there is no such record"),
        ID_TAKEN("该编号已用于其他内容", "the id was used for something else"),
        CODE_TAKEN("该代码已被使用", "the code is taken"),
        SAME_PERSON("提出人不得审批自己的事项", "who entered it does not approve it"),
        OVER("已终止,不能再变更", "it has ended and changes no more"),
        OVERTAKEN("期间有另一修订获批,本件与其不兼容,请重新核对", "another revision was approved meanwhile and this one breaks what its callers rely on"),
        UNITS_MIXED("现行或将生效的按月合计的收费标准以另一计量单位计量,须先由运营机构公布按单位或逐个操作的收费标准",
                "a price by the month that holds or will hold counts in another unit: the operator first publishes prices by the unit, or for each operation"),
        TERM_TOO_LONG("期限超过五年,须有例外依据", "the term exceeds five years and cites no exception"),
        BEYOND_AGREEMENT("授权主体或期限与协议不符", "the party or the term is not that of the agreement"),
        ANOTHER_WHOLE("同期已有整体授权", "another whole authorisation holds at that time"),
        NOT_ITS_PROVIDER("只有该资源的提供单位可以授权", "only an officer of the resource's own provider grants it"),
        NOT_ITS_PROPOSER("只有提出单位可以撤回", "only the organisation that proposed it takes it back"),
        BLOCKED_BY_LAW("法律禁止提供该资源", "the law forbids supplying the resource"),
        NO_SCENARIO("没有适用于该产品与用途的获批场景", "no scenario is approved for this product and purpose"),
        TOO_LONG_AGO("发生日期不得早于一年前", "it is noted at most a year after it happened"),
        KIND_STAYS("单位已有的身份不能撤去", "a part the organisation plays is not taken from it"),
        TOO_MANY_OPEN("该资源未办结的变更过多", "too many changes of the resource are open"),
        NAMES_UNKNOWN("引用的记录不存在", "it names something that is not recorded");

        private final String zh;
        private final String en;

        Fault(String zh, String en) {
            this.zh = zh;
            this.en = en;
        }

        public String zh() {
            return zh;
        }

        public String en() {
            return en;
        }
    }
}
