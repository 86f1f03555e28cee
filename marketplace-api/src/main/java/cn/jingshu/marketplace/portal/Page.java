package cn.jingshu.marketplace.portal;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What every page needs besides its own view: language, texts, who is signed in, and how figures look.
 *
 * @param path the address of the page without its query
 * @param query the query without {@code lang}, so that the language switch stays where it is; empty: none
 * @param person null: nobody is signed in
 * @param csrfToken goes into every form that changes something; empty: the page has no such form
 * @param demo true: the market shows its synthetic demo city, and every page says so
 * @param notices shown above the content
 */
public record Page(
        PortalTexts texts,
        Assets assets,
        String path,
        String query,
        @Nullable SignedIn person,
        String csrfToken,
        boolean demo,
        List<Notice> notices) {

    public Page {
        notices = List.copyOf(notices);
    }

    public Lang lang() {
        return texts.lang();
    }

    public String t(String key, Object... arguments) {
        return texts.get(key, arguments);
    }

    /** What a choice is called. */
    public String label(Labelled choice) {
        return texts.get(choice.textKey());
    }

    /** What a unit is called after a number. */
    public String units(MeterUnit unit) {
        return texts.get(unit.manyKey());
    }

    /** {@code 1 call}, {@code 1,200 calls}. */
    public String quantity(long value, MeterUnit unit) {
        return number(value) + " " + (value == 1 ? label(unit) : units(unit));
    }

    /** A sentence that explains a choice. */
    public String explain(Labelled.Explained choice) {
        return texts.get(choice.explanationKey());
    }

    /** A text whose {@code {0}} a script fills in. */
    public String pattern(String key) {
        return texts.pattern(key);
    }

    public String pick(Bilingual text) {
        return text.in(lang());
    }

    public boolean may(SignedIn.Area area) {
        return person != null && person.may(area);
    }

    /** This page in the other language. */
    public String otherLanguageHref() {
        return path + "?" + (query.isEmpty() ? "" : query + "&") + "lang=" + lang().other().tag();
    }

    /** {@code page} for {@code aria-current} when the menu's {@code href} leads here; null (no attribute) otherwise. */
    public @Nullable String currentFor(String href) {
        boolean here = href.equals(path) || (!href.equals(Links.HOME) && path.startsWith(href + "/"));
        return here ? "page" : null;
    }

    public String asset(String file) {
        return assets.href(file);
    }

    public String yuan(long fen) {
        return Format.yuan(fen);
    }

    public String price(BigDecimal fenPerUnit) {
        return Format.price(fenPerUnit);
    }

    public String number(long value) {
        return Format.number(value);
    }

    public String percent(long part, long whole) {
        return Format.percent(part, whole);
    }

    public String time(Instant moment) {
        return Format.time(moment);
    }

    public String minute(Instant moment) {
        return Format.minute(moment);
    }

    public String clock(Instant moment) {
        return Format.clock(moment);
    }

    public String date(LocalDate day) {
        return Format.date(day);
    }

    public String month(YearMonth month) {
        return Format.month(month, lang());
    }
}
