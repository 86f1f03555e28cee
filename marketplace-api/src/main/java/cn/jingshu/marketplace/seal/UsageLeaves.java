package cn.jingshu.marketplace.seal;

import cn.jingshu.ledger.LedgerStoreException;
import cn.jingshu.ledger.log.LeafSource;
import cn.jingshu.ledger.seal.LogLeaf;
import cn.jingshu.metering.usage.ShippedBatch;
import cn.jingshu.metering.usage.ShippedBatches;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** Shipped usage batches as leaves: meter and ledger do not know each other. */
public final class UsageLeaves implements LeafSource {
    private final ShippedBatches batches;

    public UsageLeaves(ShippedBatches batches) {
        this.batches = batches;
    }

    private interface Question<T> {
        T ask() throws SQLException;
    }

    private static <T> T asked(Question<T> question) {
        try {
            return question.ask();
        } catch (SQLException e) {
            throw new LedgerStoreException(e);
        }
    }

    @Override
    public LogLeaf.Kind kind() {
        return LogLeaf.Kind.USAGE_BATCH;
    }

    @Override
    public List<String> chains() {
        return asked(batches::listNodes);
    }

    @Override
    public List<LogLeaf> after(Map<String, Long> sealed, int most) {
        return asked(() -> batches.listAfter(sealed, most)).stream().map(UsageLeaves::leaf).toList();
    }

    @Override
    public List<String> listAltered(String chain, long after, long upTo) {
        return asked(() -> batches.listAltered(chain, after, upTo)).stream()
                .map(batch -> "the events of usage batch " + batch.number() + " of " + chain + " (sequences " + batch.firstSequence()
                        + " to " + (batch.nextSequence() - 1) + ") are not what its digest says, or do not add up to its sums")
                .toList();
    }

    private static LogLeaf leaf(ShippedBatch batch) {
        return new LogLeaf.UsageBatch(batch.nodeId(), batch.number(), batch.firstSequence(), batch.nextSequence(),
                batch.events(), batch.shippedAt(), batch.contentSha256(),
                batch.sumsSha256() == null ? null : new LogLeaf.BatchSums(batch.earliestMonth(), batch.sumsSha256()));
    }
}
