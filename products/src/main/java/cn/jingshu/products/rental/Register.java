package cn.jingshu.products.rental;

import cn.jingshu.products.domain.DataSession;
import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.records.HousingTables;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The register as this product may read it, and its own state; all of its SQL. */
final class Register {
    /** The tables and, of each, just the columns that are read: no name, amount, share or resident is among them. */
    static final Map<ResourceTable, List<String>> READS = Map.of(
            HousingTables.HOUSE, List.of("unit_code", "use", "rentable"),
            HousingTables.HOUSE_CONTRACT, List.of("unit_code", "kind", "giver", "signed_on", "ends_on"),
            HousingTables.REAL_ESTATE, List.of("unit_code", "owner"),
            HousingTables.MORTGAGE, List.of("unit_code", "released_on", "restricts_use"),
            HousingTables.SEIZURE, List.of("unit_code", "from_day", "until_day"),
            HousingTables.STANDARD_ADDRESS, List.of("address_id", "unit_code", "district", "full_text", "normal_form"));

    /** More addresses than this are never compared for one question: what matches so many is no address of a dwelling. */
    static final int MOST_CANDIDATES = 2_000;

    private static final String HOUSE = "SELECT h.unit_code AS unit_code FROM house h WHERE h.unit_code = ?";

    private static final String BY_KEYS = """
            SELECT address_id, unit_code, full_text FROM standard_address
             WHERE district = ANY (?) AND normal_form = ANY (?) ORDER BY address_id LIMIT ?
            """;

    /** The right holder, or who lets it under a lease on record and in force. */
    private static final String HOLDS = """
            SELECT EXISTS (SELECT 1 FROM real_estate e WHERE e.unit_code = ? AND e.owner = ?)
                OR EXISTS (SELECT 1 FROM house_contract c
                            WHERE c.unit_code = ? AND c.giver = ? AND c.kind = 'LEASE' AND c.signed_on <= ?
                              AND (c.ends_on IS NULL OR c.ends_on >= ?)) AS holds
            """;

    /** Seized, mortgaged with a registered limit, no dwelling, or not to be let. */
    private static final String RESTRICTED = """
            SELECT EXISTS (SELECT 1 FROM house h WHERE h.unit_code = ? AND (NOT h.rentable OR h."use" <> 'RESIDENTIAL'))
                OR EXISTS (SELECT 1 FROM seizure s
                            WHERE s.unit_code = ? AND s.from_day <= ? AND (s.until_day IS NULL OR s.until_day > ?))
                OR EXISTS (SELECT 1 FROM mortgage m
                            WHERE m.unit_code = ? AND m.restricts_use AND (m.released_on IS NULL OR m.released_on > ?)) AS restricted
            """;

    private static final String KEEP_LISTING = """
            INSERT INTO verified_listing (token, unit_code, platform, verified_at, valid_until) VALUES (?, ?, ?, ?, ?)
            """;

    private static final String FIND_LISTING = """
            SELECT unit_code, verified_at, valid_until FROM verified_listing WHERE token = ? AND valid_until > ?
            """;

    private static final String FORGET_LISTINGS = "DELETE FROM verified_listing WHERE valid_until <= ?";

    private static final String NTH_FAILURE = """
            SELECT failed_at FROM failed_question WHERE asker = ? AND failed_at > ? ORDER BY failed_at DESC OFFSET ? LIMIT 1
            """;

    private static final String KEEP_FAILURE = """
            INSERT INTO failed_question (asker, question, failed_at) VALUES (?, ?, ?)
            ON CONFLICT ON CONSTRAINT failed_question_pk DO UPDATE SET failed_at = excluded.failed_at
            """;

    private static final String FORGET_FAILURES = "DELETE FROM failed_question WHERE failed_at <= ?";

    private final DataSession session;
    private boolean listingsForgotten; // once a call is enough
    private boolean failuresForgotten;

    Register(DataSession session) {
        this.session = session;
    }

    /**
     * A standard address.
     *
     * @param unitCode null: the house has no code
     */
    record StandardAddress(String addressId, @Nullable String unitCode, String fullText) {}

    /** A listing that was verified. */
    record VerifiedListing(String unitCode, Instant verifiedAt, Instant validUntil) {}

    boolean hasHouse(String unitCode) {
        return session.find(HOUSE, row -> row.text("unit_code"), unitCode).isPresent();
    }

    /** Standard addresses of the districts under any of the keys. */
    List<StandardAddress> addresses(List<String> districts, List<String> keys) {
        return session.select(BY_KEYS, row -> new StandardAddress(row.text("address_id"), row.findText("unit_code").orElse(null),
                row.text("full_text")), new ArrayList<>(districts), new ArrayList<>(keys), MOST_CANDIDATES);
    }

    /** Whether the holder of that token may let the unit. */
    boolean holds(String unitCode, String holder, LocalDate day) {
        return session.select(HOLDS, row -> row.bool("holds"), unitCode, holder, unitCode, holder, day, day).getFirst();
    }

    boolean restricted(String unitCode, LocalDate day) {
        return session.select(RESTRICTED, row -> row.bool("restricted"), unitCode, unitCode, day, day, unitCode, day).getFirst();
    }

    void keepListing(String token, String unitCode, String platform, Instant verifiedAt, Instant validUntil) {
        if (!listingsForgotten) {
            session.change(FORGET_LISTINGS, verifiedAt);
            listingsForgotten = true;
        }
        session.change(KEEP_LISTING, token, unitCode, platform, verifiedAt, validUntil);
    }

    Optional<VerifiedListing> findListing(String token, Instant now) {
        return session.find(FIND_LISTING, row -> new VerifiedListing(row.text("unit_code"), row.instant("verified_at"),
                row.instant("valid_until")), token, now);
    }

    /**
     * When the {@code nth} newest of the distinct questions counted for {@code asker} failed; empty: fewer did after {@code since}.
     * Once that one is out of the window, fewer than {@code nth} are in it.
     */
    Optional<Instant> nthFailure(int nth, String asker, Instant since) {
        return session.find(NTH_FAILURE, row -> row.instant("failed_at"), asker, since, nth - 1);
    }

    void keepFailure(String asker, String question, Instant at, Instant forgetBefore) {
        if (!failuresForgotten) {
            session.change(FORGET_FAILURES, forgetBefore);
            failuresForgotten = true;
        }
        session.change(KEEP_FAILURE, asker, question, at);
    }
}
