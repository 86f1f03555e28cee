package cn.jingshu.marketplace.portal;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;

/**
 * Entries by hand: one person proposes, above a limit another approves.
 *
 * @param mayPropose the reader writes and decides
 * @param limitFen above it two people are needed
 * @param entryId the id an entry proposed on this page would have, so that a form sent twice is one entry
 * @param accounts that take entries
 * @param reasons an entry by hand may have
 */
public record EntriesView(boolean mayPropose, long limitFen, UUID entryId, UUID reversalId, List<LedgerView.Account> accounts, List<EntryWhy> reasons,
        Reading<List<Proposal>> proposals, Form form) {
    /** Lines a form has room for. */
    public static final int LINES = 8;

    public EntriesView {
        accounts = List.copyOf(accounts);
        reasons = List.copyOf(reasons);
    }

    /** Why an entry was made by hand. */
    public enum EntryWhy implements Labelled {
        OPENING,
        RECEIPT,
        COST,
        ADJUSTMENT,
        REFUND,
        PAYOUT,
        REMITTANCE,
        TAX_PAYMENT,
        REVERSAL
    }

    /** Where a proposal stands. */
    public enum ProposalState implements Labelled {
        OPEN,
        BOOKED,
        REFUSED,
        WITHDRAWN;

        /** Part of the class name in the style sheet. */
        public String css() {
            return switch (this) {
                case OPEN -> "warning";
                case BOOKED -> "done";
                case REFUSED, WITHDRAWN -> "failed";
            };
        }
    }

    /**
     * A proposal.
     *
     * @param reversal whether it takes back a booked entry
     * @param ground why it was refused or withdrawn; empty: it was not
     * @param own the reader proposed it
     */
    public record Proposal(UUID id, LocalDate on, EntryWhy reason, String description, boolean reversal, long fen, List<Line> lines,
            ProposalState state, String proposedBy, Instant proposedAt, String decidedBy, String ground, boolean own) {
        public Proposal {
            lines = List.copyOf(lines);
        }
    }

    /** One line of it. */
    public record Line(String account, Bilingual name, String about, long debitFen, long creditFen) {}
}
