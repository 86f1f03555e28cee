package cn.jingshu.ledger.verify;

/** A file that is no bundle, or one so damaged that nothing in it can be looked at; says so in both languages. */
final class BundleRefusedException extends RuntimeException {
    private final String zh;

    BundleRefusedException(String zh, String en) {
        super(en);
        this.zh = zh;
    }

    String zh() {
        return zh;
    }
}
