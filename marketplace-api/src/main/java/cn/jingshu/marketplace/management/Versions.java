package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Transaction;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpResponse;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * The versions of facts: what their {@code ETag} says, and that a decision with {@code If-Match} is taken about just that
 * version. A version is the number of the transaction that wrote the row ({@code xmin}), so every change makes another.
 */
@Singleton
final class Versions {
    private final Database database;
    private final Clock clock;

    Versions(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** What has versions. */
    enum Fact {
        ORGANISATION("""
            SELECT CAST(xmin AS text) AS version FROM market.organisation WHERE id = ?
            """, """
            SELECT CAST(xmin AS text) AS version FROM market.organisation WHERE id = ? FOR UPDATE
            """),
        AGREEMENT("""
            SELECT CAST(xmin AS text) AS version FROM market.agreement WHERE id = ?
            """, """
            SELECT CAST(xmin AS text) AS version FROM market.agreement WHERE id = ? FOR UPDATE
            """),
        AUTHORISATION("""
            SELECT CAST(xmin AS text) AS version FROM market.authorisation WHERE id = ?
            """, """
            SELECT CAST(xmin AS text) AS version FROM market.authorisation WHERE id = ? FOR UPDATE
            """),
        SCENARIO("""
            SELECT CAST(xmin AS text) AS version FROM market.scenario WHERE id = ?
            """, """
            SELECT CAST(xmin AS text) AS version FROM market.scenario WHERE id = ? FOR UPDATE
            """),
        IMPACT_ASSESSMENT("""
            SELECT CAST(xmin AS text) AS version FROM market.impact_assessment WHERE id = ?
            """, """
            SELECT CAST(xmin AS text) AS version FROM market.impact_assessment WHERE id = ? FOR UPDATE
            """),
        REGISTRATION("""
            SELECT CAST(xmin AS text) AS version FROM market.registration WHERE id = ?
            """, """
            SELECT CAST(xmin AS text) AS version FROM market.registration WHERE id = ? FOR UPDATE
            """),
        PROVIDER_GRANT("""
            SELECT CAST(xmin AS text) AS version FROM market.provider_grant WHERE id = ?
            """, """
            SELECT CAST(xmin AS text) AS version FROM market.provider_grant WHERE id = ? FOR UPDATE
            """),
        PRICE_PROPOSAL("""
            SELECT CAST(xmin AS text) AS version FROM market.price_proposal WHERE id = ?
            """, """
            SELECT CAST(xmin AS text) AS version FROM market.price_proposal WHERE id = ? FOR UPDATE
            """),
        SHARE_PROPOSAL("""
            SELECT CAST(xmin AS text) AS version FROM market.share_proposal WHERE id = ?
            """, """
            SELECT CAST(xmin AS text) AS version FROM market.share_proposal WHERE id = ? FOR UPDATE
            """),
        PERMITTED_REVENUE("""
            SELECT CAST(xmin AS text) AS version FROM market.permitted_revenue WHERE id = ?
            """, """
            SELECT CAST(xmin AS text) AS version FROM market.permitted_revenue WHERE id = ? FOR UPDATE
            """),
        CEILING_FINDING("""
            SELECT CAST(xmin AS text) AS version FROM market.ceiling_finding WHERE id = ?
            """, """
            SELECT CAST(xmin AS text) AS version FROM market.ceiling_finding WHERE id = ? FOR UPDATE
            """),
        CATALOGUE_BATCH("""
            SELECT CAST(xmin AS text) AS version FROM market.catalogue_batch WHERE id = ?
            """, """
            SELECT CAST(xmin AS text) AS version FROM market.catalogue_batch WHERE id = ? FOR UPDATE
            """),
        SUBSCRIPTION("""
            SELECT CAST(xmin AS text) AS version FROM market.subscription WHERE id = ?
            """, """
            SELECT CAST(xmin AS text) AS version FROM market.subscription WHERE id = ? FOR UPDATE
            """),
        DECLARED_PRODUCT("""
            SELECT CAST(xmin AS text) AS version FROM market.declared_product WHERE id = ?
            """, """
            SELECT CAST(xmin AS text) AS version FROM market.declared_product WHERE id = ? FOR UPDATE
            """),
        /** What a subscription is bound to; by the subscription's id. */
        SCOPE("""
            SELECT CAST(xmin AS text) AS version FROM market.authorised_use WHERE subscription_id = ?
            """, """
            SELECT CAST(xmin AS text) AS version FROM market.authorised_use WHERE subscription_id = ? FOR UPDATE
            """);

        private final String version;
        private final String lockedVersion;

        Fact(String version, String lockedVersion) {
            this.version = version;
            this.lockedVersion = lockedVersion;
        }
    }

    /** A fact with its {@code ETag}. */
    <T> HttpResponse<T> answer(Fact fact, UUID id, Supplier<Optional<T>> view) {
        return tagged(fact, id, HttpResponse.ok(), view);
    }

    /** A fact entered under the caller's own id, with its {@code ETag}: 201, or 200 when it was there already. */
    <T> HttpResponse<T> entered(Fact fact, UUID id, Change change, Supplier<Optional<T>> view) {
        return tagged(fact, id, HttpResponse.status(Facts.done(change) ? HttpStatus.OK : HttpStatus.CREATED), view);
    }

    /** A fact as it stands after a step, with its {@code ETag}; the same when the step was taken before. */
    <T> HttpResponse<T> stepped(Fact fact, UUID id, Change change, Supplier<Optional<T>> view) {
        Facts.done(change);
        return answer(fact, id, view);
    }

    private <T> HttpResponse<T> tagged(
            Fact fact, UUID id, MutableHttpResponse<?> answer, Supplier<Optional<T>> view) {
        // The version first: should the fact change in between, the tag is an old one, and deciding by it is refused.
        Optional<String> tag = database.inTransaction(t -> tag(t, fact.version, id));
        T body = Facts.found(view.get());
        tag.ifPresent(value -> answer.header(HttpHeaders.ETAG, value));
        return answer.body(body);
    }

    /**
     * The store to decide with: it works only while the fact is as the sender has seen it, and is refused as
     * {@code VERSION_STALE} else. Nobody can change the fact in between: its row is locked first.
     *
     * @param store the store's constructor
     */
    <S> S seenAs(Fact fact, UUID id, IfMatch seen, BiFunction<Database, Clock, S> store) {
        return store.apply(seen.sent() ? database.beginningWith(t -> check(t, fact, id, seen)) : database, clock);
    }

    private static void check(Transaction t, Fact fact, UUID id, IfMatch seen) throws SQLException {
        Optional<String> tag = tag(t, fact.lockedVersion, id);
        if (tag.isPresent() && !seen.fits(tag.get())) {
            throw new ManagementProblem(Refusal.VERSION_STALE);
        }
    }

    private static Optional<String> tag(Transaction t, String sql, UUID id) throws SQLException {
        return t.find(sql, row -> '"' + row.text("version") + '"', id);
    }
}
