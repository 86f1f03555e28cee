package cn.jingshu.products.transit.feed;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A notice of the operator about a disturbance (运营通知).
 *
 * @param id of the entity in its feed
 * @param periods when it holds; empty: as long as it is in the feed
 * @param informed whom it is about; empty: nobody in particular
 * @param cause name of the cause in GTFS-Realtime, such as {@code CONSTRUCTION}
 * @param effect name of the effect in GTFS-Realtime, such as {@code DETOUR}
 * @param severity name of the severity in GTFS-Realtime, such as {@code WARNING}
 * @param header what happened, in one line
 * @param description more of it; empty: nothing
 * @param url where more is to be read; empty: nowhere
 * @param madeAt when the feed was made; null: not told
 */
public record ServiceAlert(
        String id,
        List<Period> periods,
        List<Informed> informed,
        String cause,
        String effect,
        String severity,
        List<Text> header,
        List<Text> description,
        List<Text> url,
        @Nullable Instant madeAt) {
    public ServiceAlert {
        periods = List.copyOf(periods);
        informed = List.copyOf(informed);
        header = List.copyOf(header);
        description = List.copyOf(description);
        url = List.copyOf(url);
    }

    /**
     * A time in which a notice holds, half-open.
     *
     * @param start null: since ever
     * @param end null: for good
     */
    public record Period(@Nullable Instant start, @Nullable Instant end) {
        public boolean holdsAt(Instant moment) {
            return (start == null || !moment.isBefore(start)) && (end == null || moment.isBefore(end));
        }
    }

    /**
     * One of those a notice is about; what is empty or null does not narrow it.
     *
     * @param routeType GTFS route type; null: any
     * @param direction 0 or 1; null: both
     */
    public record Informed(String agencyId, String routeId, @Nullable Integer routeType, @Nullable Integer direction, String tripId,
            String stopId) {}

    /**
     * A text in one language.
     *
     * @param language BCP 47 code; empty: not told
     */
    public record Text(String language, String text) {}

    public boolean holdsAt(Instant moment) {
        return periods.isEmpty() || periods.stream().anyMatch(period -> period.holdsAt(moment));
    }

    /** The text in a language, else one whose language is not told, else the first; empty: there is none. */
    public static String in(String language, List<Text> texts) {
        return texts.stream().filter(each -> each.language().toLowerCase(java.util.Locale.ROOT).startsWith(language)).findFirst()
                .or(() -> texts.stream().filter(each -> each.language().isEmpty()).findFirst())
                .or(() -> texts.stream().findFirst())
                .map(Text::text)
                .orElse("");
    }
}
