package cn.jingshu.metering.journal;

/** The journal does not continue what PostgreSQL holds of it; shipping on would lose or repeat events. */
public final class ShippingRefusedException extends RuntimeException {
    ShippingRefusedException(String message) {
        super(message);
    }
}
