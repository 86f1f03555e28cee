package cn.jingshu.products.domain.quality;

/**
 * The dimensions of data quality.
 *
 * @see "GB/T 36344-2018: 规范性, 完整性, 准确性, 一致性, 时效性, 可访问性; each indicator is a ratio A/B of conforming items"
 */
public enum Dimension {
    NORMATIVITY("规范性"),
    COMPLETENESS("完整性"),
    ACCURACY("准确性"),
    CONSISTENCY("一致性"),
    TIMELINESS("时效性"),
    ACCESSIBILITY("可访问性");

    private final String zh;

    Dimension(String zh) {
        this.zh = zh;
    }

    public String zh() {
        return zh;
    }
}
