package cn.jingshu.marketplace.portal;

/**
 * A page that could not be shown.
 *
 * @param requestId to quote to the operator
 */
public record ErrorView(Kind kind, String requestId) {
    /** What went wrong, and the status that goes with it. */
    public enum Kind implements Labelled.Explained {
        NOT_FOUND(404),
        FORBIDDEN(403),
        FORM_EXPIRED(403),
        FAILED(500);

        private final int status;

        Kind(int status) {
            this.status = status;
        }

        public int status() {
            return status;
        }

        @Override
        public String textKey() {
            return "enum.ErrorKind." + name();
        }

        @Override
        public String explanationKey() {
            return "explain.ErrorKind." + name();
        }
    }
}
