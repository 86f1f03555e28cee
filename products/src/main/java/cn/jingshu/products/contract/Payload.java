package cn.jingshu.products.contract;

/**
 * An answer as HTTP sends it.
 *
 * @param contentType {@code application/json}, or what the product's bytes are; visible ASCII and spaces, as it becomes a
 *     header
 * @param bytes the body; not copied, so nobody changes it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; a copy per answer would be paid for on the hot path
public record Payload(String contentType, byte[] bytes) {
    /** The content type of ProtoJSON. */
    public static final String JSON = "application/json";

    /** @throws IllegalArgumentException if the content type is no text a header can have */
    public Payload {
        for (int i = 0; i < contentType.length(); i++) {
            if (contentType.charAt(i) < ' ' || contentType.charAt(i) > '~') {
                throw new IllegalArgumentException("a content type holds a character that is not allowed at index " + i);
            }
        }
    }
}
