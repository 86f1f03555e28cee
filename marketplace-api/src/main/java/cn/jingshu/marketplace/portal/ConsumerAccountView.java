package cn.jingshu.marketplace.portal;

import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import java.util.UUID;

/**
 * One consumer's account as the operator sees it.
 *
 * @param mayAct whether who looks runs the market; others only read
 * @param form what was entered, of whichever form
 * @param freshId an id for the next thing entered, so that sending twice enters once
 */
public record ConsumerAccountView(UUID organisationId, Bilingual name, String uscc, BillsView.Standing standing,
        List<Bilingual> stops, List<Bill> bills, List<Move> moves, List<Note> notes, boolean mayAct, Form form, UUID freshId) {
    public ConsumerAccountView {
        stops = List.copyOf(stops);
        bills = List.copyOf(bills);
        moves = List.copyOf(moves);
        notes = List.copyOf(notes);
    }

    /** @param invoices numbers of the invoices noted for it, red-letter ones with their sign */
    public record Bill(UUID statementId, YearMonth month, String reference, long chargedFen, LocalDate dueOn, long openFen,
            DunningState state, List<String> invoices) {
        public Bill {
            invoices = List.copyOf(invoices);
        }
    }

    public record Move(long number, MoveKind kind, LocalDate on, String document, long owedFen, long prepaidFen) {}

    public record Note(String reference, LocalDate issuedOn, long amountFen, String reason) {}
}
