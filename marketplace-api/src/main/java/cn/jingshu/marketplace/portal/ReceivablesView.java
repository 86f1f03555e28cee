package cn.jingshu.marketplace.portal;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * What all consumers owe and have paid ahead, and what waits for a decision.
 *
 * @param mayAct whether who looks runs the market; others only read
 */
public record ReceivablesView(List<Owing> accounts, List<Refund> refunds, boolean mayAct, Form form) {
    public ReceivablesView {
        accounts = List.copyOf(accounts);
        refunds = List.copyOf(refunds);
    }

    public long owedFen() {
        return accounts.stream().mapToLong(Owing::owedFen).sum();
    }

    public long prepaidFen() {
        return accounts.stream().mapToLong(Owing::prepaidFen).sum();
    }

    /** @param gravest the furthest step any of its statements has come to and that is not settled */
    public record Owing(UUID organisationId, Bilingual name, long owedFen, long prepaidFen, DunningState gravest) {}

    /** @param own whether who looks asked for it, and so does not decide */
    public record Refund(UUID id, Bilingual consumer, UUID chargeId, long amountFen, String reason, Instant requestedAt,
            boolean own) {}
}
