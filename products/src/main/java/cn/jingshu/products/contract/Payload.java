package cn.jingshu.products.contract;

/**
 * An answer as HTTP sends it.
 *
 * @param contentType {@code application/json}, or what the product's bytes are
 * @param bytes the body; not copied, so nobody changes it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; a copy per answer would be paid for on the hot path
public record Payload(String contentType, byte[] bytes) {
    /** The content type of ProtoJSON. */
    public static final String JSON = "application/json";
}
