package cn.jingshu.marketplace.source;

import cn.jingshu.marketplace.catalogue.DataResource;
import cn.jingshu.marketplace.catalogue.ResourceCatalogue;
import cn.jingshu.marketplace.catalogue.ResourceEntry;
import cn.jingshu.marketplace.catalogue.ResourceVersion;
import cn.jingshu.marketplace.governance.PolicyParameters;
import cn.jingshu.marketplace.governance.PolicyParameters.PolicyParameter;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The longest time between two renewals that a resource's update frequency (更新频率) in the catalogue allows, where its words can be understood; and how
 * long what was loaded of it is fresh: that time, or the city's own number where the catalogue states none, and some grace.
 */
@Singleton
public final class UpdateCycles {
    /** Numbers of policy, each this city's own (本市自定). */
    private static final String PERIODIC_DAYS = "freshness.periodic-days";
    private static final String REAL_TIME_HOURS = "freshness.real-time-hours";
    private static final String GRACE_PERCENT = "freshness.grace-percent";
    private static final String GRACE_MOST_DAYS = "freshness.grace-most-days";

    private static final String NUMBER = "([0-9]{1,3}|[一二三四五六七八九十]{1,3}|半|两|双)?个?";
    private static final Pattern EVERY = Pattern.compile("(?:每|按)" + NUMBER + "(工作日|分钟|小时|季|星期|日|天|周|旬|月|年)");
    private static final Pattern ADJECTIVE = Pattern.compile(NUMBER + "(日|天|周|旬|月|季|年)度?更新");
    private static final String DIGITS = "零一二三四五六七八九";
    /** Words that state no length, of which the city has one of its own. */
    private static final Set<String> WITHOUT_LENGTH = Set.of("定期", "实时");
    private static final Pattern ENGLISH = Pattern.compile("\\b(hourly|daily|weekly|monthly|quarterly|half-yearly|yearly|annually)\\b");
    /** The longest of each: a month of 31 days, a quarter of 92, a leap year; and a weekend lies between two working days. */
    private static final Map<String, Duration> UNITS = Map.ofEntries(Map.entry("分钟", Duration.ofMinutes(1)), Map.entry("小时", Duration.ofHours(1)),
            Map.entry("工作日", Duration.ofDays(4)), Map.entry("日", Duration.ofDays(1)), Map.entry("天", Duration.ofDays(1)),
            Map.entry("周", Duration.ofDays(7)), Map.entry("星期", Duration.ofDays(7)), Map.entry("旬", Duration.ofDays(11)),
            Map.entry("月", Duration.ofDays(31)), Map.entry("季", Duration.ofDays(92)), Map.entry("半年", Duration.ofDays(184)),
            Map.entry("年", Duration.ofDays(366)), Map.entry("hourly", Duration.ofHours(1)), Map.entry("daily", Duration.ofDays(1)),
            Map.entry("weekly", Duration.ofDays(7)), Map.entry("monthly", Duration.ofDays(31)), Map.entry("quarterly", Duration.ofDays(92)),
            Map.entry("half-yearly", Duration.ofDays(184)), Map.entry("yearly", Duration.ofDays(366)), Map.entry("annually", Duration.ofDays(366)));

    private final ResourceCatalogue catalogue;
    private final PolicyParameters parameters;
    private final Clock clock;

    UpdateCycles(ResourceCatalogue catalogue, PolicyParameters parameters, Clock clock) {
        this.catalogue = catalogue;
        this.parameters = parameters;
        this.clock = clock;
    }

    /** Empty: the catalogue states none, or not in words that are understood. */
    public static Optional<Duration> longest(ResourceEntry entry) {
        String stated = entry.updateFrequency();
        return stated == null ? Optional.empty() : Optional.ofNullable(longest(stated));
    }

    private static @Nullable Duration longest(String stated) {
        for (Pattern words : List.of(EVERY, ADJECTIVE)) {
            Matcher found = words.matcher(stated);
            if (found.find()) {
                return times(found.group(1), found.group(2));
            }
        }
        Matcher english = ENGLISH.matcher(stated.toLowerCase(Locale.ROOT));
        return english.find() ? unit(english.group(1)) : null;
    }

    /** Null: it is no number. */
    private static @Nullable Duration times(@Nullable String number, String word) {
        Duration unit = unit(word);
        return switch (number) {
            case null -> unit;
            case "半" -> switch (word) {
                case "年" -> unit("半年");
                case "月" -> Duration.ofDays(16);
                default -> unit.dividedBy(2);
            };
            case "两", "双" -> unit.multipliedBy(2);
            default -> {
                int times = number.chars().allMatch(Character::isDigit) ? Integer.parseInt(number) : chinese(number);
                yield times == 0 ? null : unit.multipliedBy(times);
            }
        };
    }

    /** From one to 99; zero: not such a number. */
    private static int chinese(String number) {
        int ten = number.indexOf('十');
        if (ten < 0) {
            return number.length() == 1 ? DIGITS.indexOf(number) : 0;
        }
        String tens = number.substring(0, ten);
        String ones = number.substring(ten + 1);
        if (tens.length() > 1 || ones.length() > 1 || ones.equals("十")) {
            return 0;
        }
        return 10 * (tens.isEmpty() ? 1 : DIGITS.indexOf(tens)) + (ones.isEmpty() ? 0 : DIGITS.indexOf(ones));
    }

    private static Duration unit(String word) {
        Duration unit = UNITS.get(word);
        if (unit == null) {
            throw new IllegalStateException("no length is known of " + word);
        }
        return unit;
    }

    /**
     * How long what was loaded of a resource is fresh.
     *
     * @param cycle the longest time between two renewals
     * @param stated the catalogue states that time; false: it says 定期 or 实时 alone, and the time is the city's own number
     * @param grace how much longer it counts as fresh, for a delivery may be late
     */
    public record FreshFor(Duration cycle, boolean stated, Duration grace) {
        public Duration whole() {
            return cycle.plus(grace);
        }
    }

    /**
     * How long what was loaded of a resource is fresh, as of now; empty: the catalogue does not list it, states a time in words that are not understood, or
     * there are no such numbers yet.
     */
    public Optional<FreshFor> freshFor(String resource) {
        Instant now = clock.instant();
        return catalogue.findAt(resource, catalogue.today()).map(ResourceVersion::entry).flatMap(entry -> {
            Optional<Duration> stated = longest(entry);
            return stated.or(() -> fallback(entry, now)).flatMap(cycle -> grace(cycle, now).map(grace -> new FreshFor(cycle, stated.isPresent(), grace)));
        });
    }

    private Optional<Duration> fallback(ResourceEntry entry, Instant now) {
        String stated = entry.updateFrequency();
        if (stated != null && !WITHOUT_LENGTH.contains(stated.strip())) {
            return Optional.empty(); // it states something that is not understood: nothing is guessed
        }
        return entry.updateCycle() == DataResource.UpdateCycle.REAL_TIME ? whole(REAL_TIME_HOURS, now).map(Duration::ofHours)
                : whole(PERIODIC_DAYS, now).map(Duration::ofDays);
    }

    private Optional<Duration> grace(Duration cycle, Instant now) {
        return whole(GRACE_PERCENT, now).flatMap(percent -> whole(GRACE_MOST_DAYS, now).map(days -> {
            Duration share = cycle.multipliedBy(percent).dividedBy(100);
            Duration most = Duration.ofDays(days);
            return share.compareTo(most) > 0 ? most : share;
        }));
    }

    private Optional<Long> whole(String number, Instant now) {
        return parameters.findAt(number, now).map(PolicyParameter::value).map(Long::parseLong);
    }
}
