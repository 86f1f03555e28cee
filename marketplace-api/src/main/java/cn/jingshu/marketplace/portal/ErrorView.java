package cn.jingshu.marketplace.portal;

/**
 * A page that could not be shown.
 *
 * @param status the HTTP status it is sent with
 * @param requestId to quote to the operator
 */
public record ErrorView(Kind kind, int status, String requestId) {
    /** The error with the status that usually goes with it. */
    public ErrorView(Kind kind, String requestId) {
        this(kind, kind.status, requestId);
    }

    /** What went wrong. */
    public enum Kind implements Labelled.Explained {
        NOT_FOUND(404),
        FORBIDDEN(403),
        FORM_EXPIRED(403),
        WRONG_METHOD(405),
        NOT_READABLE(400),
        TOO_FAST(429),
        UNAVAILABLE(503),
        FAILED(500);

        private final int status;

        Kind(int status) {
            this.status = status;
        }

        /** What a status means to a person. */
        static Kind of(int status) {
            return switch (status) {
                case 404 -> NOT_FOUND;
                case 401, 403 -> FORBIDDEN;
                case 405 -> WRONG_METHOD;
                case 429 -> TOO_FAST;
                case 503 -> UNAVAILABLE;
                default -> status < 500 ? NOT_READABLE : FAILED;
            };
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
