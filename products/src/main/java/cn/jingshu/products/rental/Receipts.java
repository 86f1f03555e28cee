package cn.jingshu.products.rental;

import cn.jingshu.products.rental.v1.ListingResult;
import cn.jingshu.products.rental.v1.Outcome;
import cn.jingshu.products.rental.v1.PublisherMatch;
import cn.jingshu.products.rental.v1.Receipt;
import cn.jingshu.products.rental.v1.Verification;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * Receipts by which a platform shows that it had its listings checked (住房租赁条例 Art. 23): a SHA-256 digest of the results and, over
 * all that the receipt says, a keyed code under the domain's key, which nobody outside can make. Who holds a receipt has it checked
 * here; nothing is kept of it.
 */
final class Receipts {
    private final UnaryOperator<String> code;

    /** @param code the domain's keyed code of a text */
    Receipts(UnaryOperator<String> code) {
        this.code = code;
    }

    Receipt issue(String platform, List<ListingResult> results, Instant at, boolean sandbox) {
        int real = 0;
        for (ListingResult result : results) {
            Verification verification = result.getVerification();
            real += verification.getOutcome() == Outcome.REAL && verification.getPublisherMatches() == PublisherMatch.YES ? 1 : 0;
        }
        Receipt unsigned = Receipt.newBuilder()
                .setReceiptId(UUID.randomUUID().toString())
                .setPlatformUscc(platform)
                .setIssuedAt(at.toString())
                .setListings(results.size())
                .setReal(real)
                .setDigest(digest(results))
                .setSandbox(sandbox)
                .build();
        return unsigned.toBuilder().setSignature(signature(unsigned)).build();
    }

    boolean genuine(Receipt receipt) {
        return MessageDigest.isEqual(signature(receipt).getBytes(StandardCharsets.UTF_8),
                receipt.getSignature().getBytes(StandardCharsets.UTF_8));
    }

    /** SHA-256 of the results, each field behind its length, so that none can run into the next. */
    static String digest(List<ListingResult> results) {
        StringBuilder text = new StringBuilder();
        for (ListingResult result : results) {
            Verification v = result.getVerification();
            field(text, result.getListingId());
            field(text, v.getOutcome().name());
            field(text, v.getPublisherMatches().name());
            field(text, v.getRestriction().name());
            field(text, v.getListingToken());
        }
        return sha256(text.toString());
    }

    private String signature(Receipt receipt) {
        StringBuilder text = new StringBuilder();
        field(text, receipt.getReceiptId());
        field(text, receipt.getPlatformUscc());
        field(text, receipt.getIssuedAt());
        field(text, Integer.toString(receipt.getListings()));
        field(text, Integer.toString(receipt.getReal()));
        field(text, receipt.getDigest());
        field(text, Boolean.toString(receipt.getSandbox()));
        return code.apply("rental receipt " + sha256(text.toString()));
    }

    private static void field(StringBuilder text, String value) {
        text.append(value.length()).append(':').append(value).append('\n');
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException absent) {
            throw new IllegalStateException("every Java platform has SHA-256", absent);
        }
    }
}
