package cn.jingshu.marketplace.keeping;

import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.domain.JdbcDataDomain;
import cn.jingshu.products.domain.Kept;
import cn.jingshu.products.domain.KeptStanding;
import cn.jingshu.products.domain.RemovalRecord;
import cn.jingshu.products.domain.RetentionRules;
import io.micronaut.context.BeanProvider;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What products keep, by which rule, and what went: all for who supervises, runs and audits the market, their own for providers and merchants. */
@Singleton
public final class KeepingOverview {
    /** Who sees everything. */
    private static final Set<Role> ALL = Set.of(Role.REGULATOR, Role.OPERATIONS, Role.AUDITOR);

    /** Products that rest on a provider's resources, or that a merchant registered. */
    private static final String OWN = """
            SELECT DISTINCT g.product_code
              FROM market.registration g
              LEFT JOIN market.registration_resource x ON x.registration_id = g.id
              LEFT JOIN market.data_resource r ON r.id = x.resource_id
              LEFT JOIN market.data_provider v ON v.code = r.provider_code
             WHERE g.merchant_id = ? OR v.organisation_id = ?
            """;

    private final Database database;
    private final JdbcDataDomain domain;
    private final BeanProvider<Contracts> contracts;
    private final KeepingRules rules;
    private final Clock clock;

    KeepingOverview(Database database, JdbcDataDomain domain, BeanProvider<Contracts> contracts, KeepingRules rules, Clock clock) {
        this.database = database;
        this.domain = domain;
        this.contracts = contracts;
        this.rules = rules;
        this.clock = clock;
    }

    /**
     * A kind, with the rule that holds now.
     *
     * @param rule null: there is none, and nothing goes
     * @param live what was counted last; null: nothing was yet
     * @param sandbox the same of the sandbox
     */
    public record Kind(String product, Kept kept, RetentionRules.@Nullable Rule rule, @Nullable KeptStanding live, @Nullable KeptStanding sandbox) {}

    /** Whether a person may look at all. */
    public static boolean mayRead(Person reader) {
        return seesAll(reader) || reader.roles().contains(Role.PROVIDER_OFFICER) || reader.roles().contains(Role.MERCHANT_OFFICER);
    }

    private static boolean seesAll(Person reader) {
        return reader.roles().stream().anyMatch(ALL::contains);
    }

    /** Empty: every product. */
    private Optional<Set<String>> productsOf(Person reader) {
        return seesAll(reader) ? Optional.empty() : Optional.of(new HashSet<>(database.inTransaction(
                t -> t.list(OWN, row -> row.text("product_code"), reader.organisationId(), reader.organisationId()))));
    }

    /** The kinds a person may see. */
    public List<Kind> kinds(Person reader) {
        contracts.get(); // with them the products are there
        Optional<Set<String>> own = productsOf(reader);
        Instant now = clock.instant();
        List<KeptStanding> standings = domain.keptStandings();
        return domain.kept().stream()
                .filter(each -> own.isEmpty() || own.get().contains(each.product()))
                .map(each -> new Kind(each.product(), each.kept(), rules.findRule(each.kept().rule(), now).orElse(null),
                        standing(standings, each, false), standing(standings, each, true)))
                .toList();
    }

    private static @Nullable KeptStanding standing(List<KeptStanding> standings, JdbcDataDomain.KeptOf of, boolean sandbox) {
        return standings.stream().filter(each -> each.product().equals(of.product()) && each.kind().equals(of.kept().kind())
                && each.sandbox() == sandbox).findFirst().orElse(null);
    }

    /** What went of what a person may see, the newest first; {@code before} null: from the newest. */
    public List<RemovalRecord> removals(Person reader, @Nullable Long before, int most) {
        Optional<Set<String>> own = productsOf(reader);
        List<RemovalRecord> found = new ArrayList<>();
        Long from = before;
        while (found.size() < most) {
            List<RemovalRecord> page = domain.removals(from, most);
            page.stream().filter(each -> own.isEmpty() || own.get().contains(each.product())).limit(most - found.size()).forEach(found::add);
            if (page.size() < most) {
                break;
            }
            from = page.getLast().number();
        }
        return found;
    }
}
