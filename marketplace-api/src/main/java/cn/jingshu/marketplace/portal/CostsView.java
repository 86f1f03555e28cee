package cn.jingshu.marketplace.portal;

import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.UUID;

/**
 * Cost vouchers of a month and their cancellations: one person enters a voucher; it is taken back by one within the limit, above it by two.
 *
 * @param mayWrite the reader enters, cancels and decides
 * @param limitFen above it a second person is needed to cancel
 * @param voucherId the id a voucher entered on this page would have, so that a form sent twice is one cost
 * @param merchants whom a service may be owed to
 */
public record CostsView(boolean mayWrite, long limitFen, YearMonth month, UUID voucherId, List<Merchant> merchants, Reading<List<Voucher>> vouchers, Form form) {
    public CostsView {
        merchants = List.copyOf(merchants);
    }

    /** What a cost was for. */
    public enum CostKind implements Labelled {
        MERCHANT_SERVICE,
        DIRECT_PAID,
        DIRECT_FREE,
        SHARED
    }

    public record Merchant(UUID id, Bilingual name) {}

    /**
     * A voucher.
     *
     * @param product empty: of no single product
     * @param merchant whom it is owed to; empty texts: nobody
     * @param vatFen input VAT beside {@code fen}
     * @param kept where its document is kept; empty: not stated
     * @param cancellationId the id a cancellation asked for on this page would have
     * @param cancellations the oldest first
     */
    public record Voucher(UUID id, CostKind kind, String product, Bilingual merchant, long fen, long vatFen, String document, String kept, String description,
            String enteredBy, UUID cancellationId, List<Cancellation> cancellations) {
        public Voucher {
            cancellations = List.copyOf(cancellations);
        }

        /** Whether it may be taken back: it was not, and nobody has proposed it. */
        public boolean stands() {
            return cancellations.stream().noneMatch(each -> each.state() == EntriesView.ProposalState.OPEN || each.state() == EntriesView.ProposalState.BOOKED);
        }
    }

    /**
     * A wish to take a voucher back.
     *
     * @param countsIn the month whose costs it lowers; empty: it is not booked
     * @param decidedBy empty: it is open, or was booked by one person within the limit
     * @param ground why it was refused or withdrawn; empty: it was not
     * @param own the reader proposed it
     */
    public record Cancellation(UUID id, EntriesView.ProposalState state, String reason, String proposedBy, Instant proposedAt, String decidedBy, String ground,
            String countsIn, boolean own) {}
}
