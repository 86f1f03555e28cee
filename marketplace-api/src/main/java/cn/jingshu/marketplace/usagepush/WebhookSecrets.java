package cn.jingshu.marketplace.usagepush;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secrets a message to a sink is signed with (Standard Webhooks 1.0.0, symmetric): usually one, two while the sink
 * changes from the one to the other. Never printed.
 */
final class WebhookSecrets {
    private static final String PREFIX = "whsec_";
    private static final String ALGORITHM = "HmacSHA256";
    private static final int LEAST_BYTES = 24;
    private static final int MOST_BYTES = 64;

    private final List<SecretKeySpec> keys;

    private WebhookSecrets(List<SecretKeySpec> keys) {
        this.keys = keys;
    }

    /**
     * Reads secrets of the form {@code whsec_<base64 of 24 to 64 bytes>}, separated by blanks.
     *
     * @throws IllegalArgumentException if there is none or one is something else; the message holds no secret
     */
    static WebhookSecrets parse(String text) {
        List<SecretKeySpec> keys = Arrays.stream(text.strip().split("\\s+"))
                .filter(each -> !each.isEmpty())
                .map(WebhookSecrets::key)
                .toList();
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("no webhook secret is given");
        }
        return new WebhookSecrets(keys);
    }

    private static SecretKeySpec key(String secret) {
        byte[] bytes = new byte[0];
        if (secret.startsWith(PREFIX)) {
            try {
                bytes = Base64.getDecoder().decode(secret.substring(PREFIX.length()));
            } catch (IllegalArgumentException notBase64) {
                bytes = new byte[0]; // refused below, without showing it
            }
        }
        if (bytes.length < LEAST_BYTES || bytes.length > MOST_BYTES) {
            throw new IllegalArgumentException("a webhook secret is whsec_ and the Base64 of 24 to 64 random bytes");
        }
        return new SecretKeySpec(bytes, ALGORITHM);
    }

    /** The value of {@code webhook-signature}: one {@code v1} signature for each secret, separated by blanks. */
    String sign(String messageId, long timestampSeconds, byte[] body) {
        byte[] head = (messageId + "." + timestampSeconds + ".").getBytes(StandardCharsets.UTF_8);
        return keys.stream().map(key -> "v1," + sign(key, head, body)).collect(Collectors.joining(" "));
    }

    private static String sign(SecretKeySpec key, byte[] head, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(head);
            return Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }
}
