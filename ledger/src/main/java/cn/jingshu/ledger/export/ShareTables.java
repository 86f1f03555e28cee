package cn.jingshu.ledger.export;

import cn.jingshu.ledger.bundle.ShareRows;
import cn.jingshu.ledger.share.ShareInputs;
import cn.jingshu.ledger.share.ShareRecord;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Rows of {@code shares.csv} and {@code share-parties.csv}, made of the same record so that they agree. */
public final class ShareTables {
    /**
     * Shares in force from a month on, and who stands behind them.
     *
     * @param proposedBy null: entered before shares were proposed by one and approved by another
     * @param citation the document the approval rests on
     */
    public record Approved(UUID id, ShareRecord record, @Nullable UUID proposedBy, Instant proposedAt, UUID approvedBy, Instant approvedAt,
            String citation) {}

    private ShareTables() {}

    /** The row of {@code shares.csv}. What follows from inputs that give no shares is left empty: the verifier names them. */
    public static void share(TableSink sink, Approved share) throws IOException {
        ShareRecord record = share.record();
        ShareInputs inputs = record.inputs();
        Optional<ShareRows> rows = rows(record);
        List<String> weights = rows.map(ShareRows::weights).filter(each -> !each.isEmpty()).orElse(List.of("", "", ""));
        sink.row(share.id(), inputs.product(), ShareRows.subjectOf(inputs), inputs.from(), rows.map(ShareRows::basis).orElse(null),
                weights.get(0), weights.get(1), weights.get(2), rows.map(each -> ShareRows.decimal(each.consistencyRatio())).orElse(null),
                inputs.basis().source(), share.proposedBy(), share.proposedAt(), share.approvedBy(), share.approvedAt(),
                share.citation(), record.sha256(), record.inputsJson(), record.resultJson());
    }

    /** Its rows of {@code share-parties.csv}. */
    public static void parties(TableSink sink, Approved share) throws IOException {
        for (ShareRows.Party party : rows(share.record()).map(ShareRows::parties).orElse(List.of())) {
            sink.row(share.id(), party.party(), party.processingCost(), party.demand(), party.contribution(),
                    ShareRows.decimal(party.halfWidth()), party.portion());
        }
    }

    private static Optional<ShareRows> rows(ShareRecord record) {
        try {
            return Optional.of(ShareRows.of(record));
        } catch (IllegalArgumentException noShares) { // stored shares that are none: exported as they stand
            return Optional.empty();
        }
    }
}
