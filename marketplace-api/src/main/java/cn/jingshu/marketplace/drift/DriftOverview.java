package cn.jingshu.marketplace.drift;

import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** How far the inputs of models have moved: all for who supervises, runs and audits the market, of their own products for merchants. */
@Singleton
public final class DriftOverview {
    private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");

    /** Who sees everything. */
    private static final Set<Role> ALL = Set.of(Role.REGULATOR, Role.OPERATIONS, Role.AUDITOR);

    private final DriftBook book;
    private final Clock clock;

    DriftOverview(DriftBook book, Clock clock) {
        this.book = book;
        this.clock = clock;
    }

    /** Whether a person may look at all. */
    public static boolean mayRead(Person reader) {
        return seesAll(reader) || reader.roles().contains(Role.MERCHANT_OFFICER);
    }

    private static boolean seesAll(Person reader) {
        return reader.roles().stream().anyMatch(ALL::contains);
    }

    /** The inputs a person may see, by product and model, those that moved most first. */
    public List<InputDrift> inputs(Person reader) {
        List<InputDrift> all = book.listNewest(LocalDate.ofInstant(clock.instant(), ZONE).minusDays(DriftWatch.WINDOW_DAYS));
        if (seesAll(reader)) {
            return all;
        }
        Set<String> own = new HashSet<>(book.productsOf(reader.organisationId()));
        return all.stream().filter(each -> own.contains(each.product())).toList();
    }
}
