package cn.jingshu.marketplace.portal;

import java.time.Duration;

/** A page that is not shown; {@link PortalErrors} answers it. */
final class PageRefused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Reason reason;

    PageRefused(Reason reason) {
        super(reason.toString(), null, false, false);
        this.reason = reason;
    }

    Reason reason() {
        return reason;
    }

    /** Why it is not shown. */
    sealed interface Reason {
        /** It does not exist, or not for who asks. */
        record NoSuchPage() implements Reason {}

        /** The person's role does not allow it. */
        record NotAllowed() implements Reason {}

        /** Nobody is signed in. */
        record SignInFirst() implements Reason {}

        /** What was sent holds characters no text has. */
        record NotReadable() implements Reason {}

        /** The form is not one of this session. */
        record FormExpired() implements Reason {}

        /** Too many requests from one place. */
        record TooFast(Duration retryAfter) implements Reason {}
    }

    static PageRefused noSuchPage() {
        return new PageRefused(new Reason.NoSuchPage());
    }
}
