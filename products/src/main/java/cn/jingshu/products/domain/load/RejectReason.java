package cn.jingshu.products.domain.load;

/** Why a record is not taken; none of the sentences repeats a value. */
public enum RejectReason {
    TOO_FEW_FIELDS("字段少于表头", "it has fewer fields than the header"),
    TOO_MANY_FIELDS("字段多于表头", "it has more fields than the header"),
    NOT_AN_OBJECT("不是一个 JSON 对象", "it is no JSON object"),
    NOT_JSON("不是有效的 JSON", "it is not JSON"),
    NESTED("含嵌套值", "a value is an object or a list"),
    NAME_TWICE("同一字段出现两次", "a name comes twice"),
    MISSING("必填项为空", "a required value is missing"),
    NO_INTEGER("不是整数", "it is no whole number"),
    NO_DECIMAL("不是小数", "it is no decimal number"),
    NO_BOOLEAN("不是是/否值", "it is neither true nor false"),
    NO_DATE("不是日期", "it is no date"),
    NO_TIMESTAMP("不是时间", "it is no moment"),
    TOO_LONG("过长", "it is too long"),
    HAS_NUL("含零字符", "it holds the character zero"),
    NAMES_A_PERSON("含公民身份号码,而该列未登记为个人信息列", "it holds an identity number, and the column is not declared to be about people"),
    DUPLICATE_KEY("主键重复", "an earlier record has the same key"),
    UNTIMED("没有时间", "it tells no time"),
    IN_THE_FUTURE("时间在未来", "its time lies in the future"),
    OLDER_THAN_KNOWN("早于已知记录", "it is older than what is known"),
    IMPOSSIBLE_PLACE("位置不可能", "nothing can be where it says"),
    OVER_CAPACITY("超出可容纳的数量", "there are more than can be held"),
    NO_TRIP("未指明班次", "it names no trip"),
    UNKNOWN_TRIP("班次不在时刻表中", "its trip is not in the timetable"),
    NO_TEXT("没有文字", "it says nothing");

    private final String zh;
    private final String en;

    RejectReason(String zh, String en) {
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
