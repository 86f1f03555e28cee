package cn.jingshu.products.domain.load;

/** A source cannot be read as what it is said to be; nothing of it is loaded. The sentences hold no value of any row. */
public final class UnfitSourceException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String zh;

    public UnfitSourceException(String zh, String en) {
        super(en);
        this.zh = zh;
    }

    public String zh() {
        return zh;
    }

    public String en() {
        return String.valueOf(getMessage());
    }
}
