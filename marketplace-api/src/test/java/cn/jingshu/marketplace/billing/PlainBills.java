package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.ledger.tariff.Ceiling;
import cn.jingshu.ledger.tariff.Tariff;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the subscribers of one operation are billed, from dated prices and single calls alone: month by month, which price held is found hour by hour, and
 * {@link ReferenceRater} counts the rest. It keeps every call and shares nothing with the first rater but the shapes of prices.
 */
public final class PlainBills {
    private static final ZoneId CITY = ZoneId.of("Asia/Shanghai");
    /** Published prices are within their ceilings, so none has a say here. */
    private static final Ceiling NONE = new Ceiling(UnitPrice.ofFen("1000000"), new Money(100_000_000));

    /** Who is billed, from before the first month to after the last; {@code free}: use in the public interest. */
    public record Subscriber(UUID subscription, UUID organisation, boolean free) {}

    /** A price for everyone, from a whole hour on. */
    private record Price(UUID id, Tariff tariff, Instant from) {}

    private record Call(Instant at, Subscriber by, long units) {}

    /** A line of a bill; {@code tariff} null: free by its purpose. */
    public record Line(YearMonth usageMonth, UUID subscription, @Nullable UUID tariff, long units, long fen, long vatFen) {}

    private final String product;
    private final String operation;
    private final String unit;
    private final List<Price> prices = new ArrayList<>();
    private final List<Subscriber> subscribers = new ArrayList<>();
    private final Map<UUID, Call> calls = new HashMap<>();
    private final List<Call> unrated = new ArrayList<>();
    private final ReferenceRater rater = new ReferenceRater();

    public PlainBills(String product, String operation, String unit) {
        this.product = product;
        this.operation = operation;
        this.unit = unit;
    }

    public void subscribed(Subscriber subscriber) {
        subscribers.add(subscriber);
    }

    public void published(UUID id, Tariff tariff, Instant from) {
        prices.add(new Price(id, tariff, from));
    }

    public void called(UUID event, Instant at, Subscriber by, long units) {
        Call call = new Call(at, by, units);
        calls.put(event, call);
        unrated.add(call);
    }

    public void voided(UUID event) {
        Call call = Objects.requireNonNull(calls.get(event));
        unrated.add(new Call(call.at(), call.by(), -call.units()));
    }

    /** All that is known now and was not billed before. */
    public List<Line> close(YearMonth month, int vatPercent) {
        for (Subscriber each : subscribers) {
            for (Price price : each.free() ? List.<Price>of() : prices) {
                ReferenceRater.Terms terms = terms(price, month);
                if (terms.owed() && terms.days() > 0) {
                    rater.happened(key(month, each, price), terms, month, 0);
                }
            }
        }
        for (Call call : unrated) {
            YearMonth used = YearMonth.from(call.at().atZone(CITY));
            Price price = inForce(call.at());
            ReferenceRater.Terms terms = call.by().free() ? new ReferenceRater.Terms(new Tariff.Free(), 1, 1, NONE) : terms(price, used);
            rater.happened(key(used, call.by(), price), terms, month, call.units());
        }
        unrated.clear();
        return rater.close(month, vatPercent).stream().map(line -> new Line(line.key().usageMonth(), line.key().subscriptionId(),
                line.key().tariffId(), line.units(), line.fen(), line.vatFen())).toList();
    }

    private ChargeKey key(YearMonth used, Subscriber by, Price price) {
        return new ChargeKey(used, by.subscription(), by.organisation(), product, operation, by.free() ? "PUBLIC_INTEREST" : "INDUSTRY", unit,
                by.free() ? null : price.id());
    }

    private Price inForce(Instant moment) {
        Price found = null;
        for (Price each : prices) {
            if (!each.from().isAfter(moment) && (found == null || each.from().isAfter(found.from()))) {
                found = each;
            }
        }
        if (found == null) {
            throw new AssertionError("no price at " + moment);
        }
        return found;
    }

    /** A price for each unit holds for the calls of its hours; every other one is owed for its hours of the month. */
    private ReferenceRater.Terms terms(Price price, YearMonth month) {
        Instant start = month.atDay(1).atStartOfDay(CITY).toInstant();
        int hours = (int) Duration.between(start, month.plusMonths(1).atDay(1).atStartOfDay(CITY).toInstant()).toHours();
        if (price.tariff() instanceof Tariff.PerUnit) {
            return new ReferenceRater.Terms(price.tariff(), 1, 1, NONE);
        }
        int held = 0;
        for (int hour = 0; hour < hours; hour++) {
            Instant at = start.plus(Duration.ofHours(hour));
            held += prices.getFirst().from().isAfter(at) || !inForce(at).equals(price) ? 0 : 1;
        }
        return new ReferenceRater.Terms(price.tariff(), held, hours, NONE, true);
    }
}
