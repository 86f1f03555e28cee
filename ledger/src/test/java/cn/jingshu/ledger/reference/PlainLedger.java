package cn.jingshu.ledger.reference;

import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.account.Side;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.JournalEntry;
import cn.jingshu.ledger.journal.Posting;
import cn.jingshu.ledger.journal.ReadPoint;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The ledger as a person would keep it: one list of entries, read from its beginning for every question. It shares the records of entries
 * and nothing else with the real one: numbering, chain, rules and sums are written a second time.
 */
final class PlainLedger {
    /** An entry with its number and time. */
    record Line(JournalEntry entry, long number, Instant bookedAt) {
        YearMonth month() {
            return YearMonth.from(entry.effectiveOn());
        }
    }

    private record Reservation(JournalEntry entry, Instant reservedAt, Instant expiresAt) {}

    private final Set<String> postable;
    private final Set<String> profitAndLoss;
    private final Set<String> groups;
    private final List<Line> book = new ArrayList<>();
    private final TreeSet<YearMonth> begun = new TreeSet<>();
    private final TreeMap<YearMonth, Instant> closed = new TreeMap<>();
    private final Map<UUID, Reservation> reservations = new HashMap<>();
    private final Map<UUID, Instant> voided = new HashMap<>();

    /**
     * @param postable codes of accounts that take entries
     * @param groups codes that only add up others
     * @param profitAndLoss those of {@code postable} that a month must leave empty
     */
    PlainLedger(Set<String> postable, Set<String> groups, Set<String> profitAndLoss) {
        this.postable = postable;
        this.groups = groups;
        this.profitAndLoss = profitAndLoss;
    }

    /** The answer as text: {@code booked 2026-11 5} or {@code rejected CODE}. A retry is answered as the first time. */
    String post(JournalEntry entry, Instant now) {
        YearMonth month = YearMonth.from(entry.effectiveOn());
        boolean open = isOpen(month);
        if (open) {
            begun.add(month);
        }
        for (Line line : book) {
            if (line.entry().entryId().equals(entry.entryId())) {
                return line.entry().equals(entry) ? booked(line) : "rejected ID_REUSED_WITH_OTHER_CONTENT";
            }
        }
        if (!open) {
            return "rejected PERIOD_CLOSED";
        }
        for (Posting posting : entry.postings()) {
            String code = posting.account().value();
            if (groups.contains(code)) {
                return "rejected ACCOUNT_NOT_POSTABLE";
            }
            if (!postable.contains(code)) {
                return "rejected UNKNOWN_ACCOUNT";
            }
        }
        if (entry.reverses() != null) {
            Line original = find(entry.reverses());
            if (original == null) {
                return "rejected REVERSED_ENTRY_UNKNOWN";
            }
            if (book.stream().anyMatch(line -> Objects.equals(line.entry().reverses(), entry.reverses()))) {
                return "rejected ALREADY_REVERSED";
            }
            if (!isMirror(original.entry(), entry)) {
                return "rejected REVERSAL_IS_NO_MIRROR";
            }
        }
        Line line = new Line(entry, 1 + linesOf(month).size(), bookedAt(month, now));
        book.add(line);
        return booked(line);
    }

    private static String booked(Line line) {
        return "booked " + line.month() + " " + line.number();
    }

    private boolean isOpen(YearMonth month) {
        return closed.isEmpty() || month.isAfter(closed.lastKey());
    }

    private Instant bookedAt(YearMonth month, Instant now) {
        Instant at = now;
        for (Line line : linesOf(month)) {
            at = line.bookedAt().isAfter(at) ? line.bookedAt() : at;
        }
        return at;
    }

    private static boolean isMirror(JournalEntry original, JournalEntry reversal) {
        if (original.postings().size() != reversal.postings().size()) {
            return false;
        }
        for (int i = 0; i < original.postings().size(); i++) {
            Posting one = original.postings().get(i);
            Posting other = reversal.postings().get(i);
            if (!one.account().equals(other.account()) || one.side() == other.side() || !one.amount().equals(other.amount())
                    || !one.dimensions().equals(other.dimensions())) {
                return false;
            }
        }
        return true;
    }

    private @Nullable Line find(UUID id) {
        return book.stream().filter(line -> line.entry().entryId().equals(id)).findFirst().orElse(null);
    }

    String close(YearMonth month, Instant now) {
        if (closed.containsKey(month)) {
            return "closed before";
        }
        for (YearMonth earlier : begun.headSet(month)) {
            if (!closed.containsKey(earlier)) {
                return "refused EARLIER_PERIOD_OPEN";
            }
        }
        for (String account : profitAndLoss) {
            long balance = 0;
            for (Line line : book) {
                if (!line.month().isAfter(month)) {
                    balance += signed(line, account, Dimensions.NONE);
                }
            }
            if (balance != 0) {
                return "refused PROFIT_AND_LOSS_NOT_SETTLED";
            }
        }
        closed.put(month, now);
        begun.add(month);
        return "closed";
    }

    String reserve(JournalEntry entry, Instant expiresAt, Instant now) {
        Reservation before = reservations.get(entry.entryId());
        if (before != null) {
            return before.entry().equals(entry) ? "reserved" : "rejected ID_REUSED_WITH_OTHER_CONTENT";
        }
        if (find(entry.entryId()) != null) {
            return "rejected PENDING_POSTED";
        }
        if (!now.isBefore(expiresAt)) {
            return "rejected PENDING_EXPIRED";
        }
        if (entry.postings().stream().anyMatch(posting -> !postable.contains(posting.account().value()))) {
            return "rejected UNKNOWN_ACCOUNT";
        }
        reservations.put(entry.entryId(), new Reservation(entry, now, expiresAt));
        return "reserved";
    }

    String postReserved(UUID id, Instant now) {
        Reservation reservation = reservations.get(id);
        if (reservation == null) {
            return "rejected PENDING_UNKNOWN";
        }
        Line line = find(id);
        if (line != null) {
            return booked(line);
        }
        if (voided.containsKey(id)) {
            return "rejected PENDING_VOIDED";
        }
        YearMonth month = YearMonth.from(reservation.entry().effectiveOn());
        if (!now.isBefore(reservation.expiresAt())) {
            return "rejected PENDING_EXPIRED";
        }
        if (isOpen(month) && !bookedAt(month, now).isBefore(reservation.expiresAt())) {
            return "rejected PENDING_EXPIRED"; // an entry is never booked before the one with the number before it
        }
        return post(reservation.entry(), now);
    }

    String voidReserved(UUID id, Instant now) {
        if (!reservations.containsKey(id)) {
            return "rejected PENDING_UNKNOWN";
        }
        if (find(id) != null) {
            return "rejected PENDING_POSTED";
        }
        voided.putIfAbsent(id, now);
        return "voided";
    }

    /** What reservations want of one side of an account. */
    long reserved(AccountCode account, Side side, Instant now) {
        long sum = 0;
        for (Reservation reservation : reservations.values()) {
            UUID id = reservation.entry().entryId();
            if (!voided.containsKey(id) && find(id) == null && now.isBefore(reservation.expiresAt())) {
                for (Posting posting : reservation.entry().postings()) {
                    if (posting.account().equals(account) && posting.side() == side) {
                        sum += posting.amount().fen();
                    }
                }
            }
        }
        return sum;
    }

    /** The same as somebody would have said who looked at {@code known}, and counted dates up to {@code asOf}. */
    long reserved(AccountCode account, Side side, LocalDate asOf, Instant known) {
        long sum = 0;
        for (Reservation reservation : reservations.values()) {
            if (stateAt(reservation.entry().entryId(), asOf, known).equals("PENDING")) {
                for (Posting posting : reservation.entry().postings()) {
                    if (posting.account().equals(account) && posting.side() == side) {
                        sum += posting.amount().fen();
                    }
                }
            }
        }
        return sum;
    }

    /** How a reservation stood at {@code known}; {@code none}: nobody knew of it, or it is of a later date. */
    String stateAt(UUID id, LocalDate asOf, Instant known) {
        Reservation reservation = reservations.get(id);
        if (reservation == null || reservation.reservedAt().isAfter(known) || reservation.entry().effectiveOn().isAfter(asOf)) {
            return "none";
        }
        Line line = find(id);
        if (line != null && !line.bookedAt().isAfter(known)) {
            return "POSTED";
        }
        Instant end = voided.get(id);
        if (end != null && !end.isAfter(known)) {
            return "VOIDED";
        }
        return known.isBefore(reservation.expiresAt()) ? "PENDING" : "EXPIRED";
    }

    /** Whether somebody who looked at {@code known}, and counted dates up to {@code asOf}, found the entry. */
    boolean isKnown(UUID id, LocalDate asOf, Instant known) {
        Line line = find(id);
        return line != null && !line.entry().effectiveOn().isAfter(asOf) && !line.bookedAt().isAfter(known);
    }

    List<Line> linesOf(YearMonth month) {
        return book.stream().filter(line -> line.month().equals(month)).toList();
    }

    Set<YearMonth> months() {
        return begun;
    }

    boolean isClosed(YearMonth month) {
        return closed.containsKey(month);
    }

    /** Debits minus credits of an account at a point of reading. */
    long balance(String account, Dimensions about, ReadPoint at) {
        long sum = 0;
        for (Line line : book) {
            LocalDate asOf = at.asOf();
            Instant known = at.asKnownAt();
            if ((asOf == null || !line.entry().effectiveOn().isAfter(asOf)) && (known == null || !line.bookedAt().isAfter(known))) {
                sum += signed(line, account, about);
            }
        }
        return sum;
    }

    private static long signed(Line line, String account, Dimensions about) {
        long sum = 0;
        for (Posting posting : line.entry().postings()) {
            String consumer = about.consumer();
            if (posting.account().value().startsWith(account)
                    && (consumer == null || consumer.equals(posting.dimensions().consumer()))) {
                sum += posting.side() == Side.DEBIT ? posting.amount().fen() : -posting.amount().fen();
            }
        }
        return sum;
    }

    /** The chain of a month after each entry, reckoned from the digests of the contents. */
    List<String> chain(YearMonth month, List<String> contentSha256) {
        List<String> links = new ArrayList<>();
        byte[] before = sha256(("jingshu chain 1 " + month).getBytes(StandardCharsets.UTF_8));
        List<Line> lines = linesOf(month);
        for (int i = 0; i < lines.size(); i++) {
            before = sha256(ByteBuffer.allocate(80).put(before).put(HexFormat.of().parseHex(contentSha256.get(i)))
                    .putLong(lines.get(i).number()).putLong(ChronoUnit.MICROS.between(Instant.EPOCH, lines.get(i).bookedAt())).array());
            links.add(HexFormat.of().formatHex(before));
        }
        return links;
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }
}
