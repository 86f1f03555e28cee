package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.term.Deadlines;
import cn.jingshu.marketplace.term.HolidayNotices;
import cn.jingshu.marketplace.term.WorkingDays;
import cn.jingshu.marketplace.visitor.Visitor;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The calendar of working days for anyone, and for the bureau the notices it rests on. */
@Controller
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class WorkingDayPages {
    private static final int TEXT_MAX = 500;
    private static final int USUAL = 10;

    private final PageFrame frame;
    private final Pages pages;
    private final HolidayNotices notices;
    private final Deadlines deadlines;

    WorkingDayPages(PageFrame frame, Pages pages, HolidayNotices notices, Deadlines deadlines) {
        this.frame = frame;
        this.pages = pages;
        this.notices = notices;
        this.deadlines = deadlines;
    }

    @Get(Links.WORKING_DAYS)
    HttpResponse<String> calendar(HttpRequest<?> request, @Nullable @QueryValue String from, @Nullable @QueryValue String workingDays) {
        LocalDate start = from == null ? deadlines.today() : DeadlinePages.day(from.strip());
        int days = workingDays == null ? USUAL : number(workingDays.strip());
        Map<String, Bilingual> wrong = new LinkedHashMap<>();
        if (start == null) {
            wrong.put("from", new Bilingual("日期须为 2026-11-30 形式", "a date has the form 2026-11-30"));
        }
        if (days < 1 || days > WorkingDays.MOST) {
            wrong.put("workingDays", new Bilingual("须为 1 至 " + WorkingDays.MOST, "it has to be 1 to " + WorkingDays.MOST));
        }
        return show(request, start == null ? deadlines.today() : start, wrong.isEmpty() ? days : USUAL, wrong.isEmpty(), new Form(Map.of(), wrong),
                HttpStatus.OK);
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException none) {
            return 0; // as wrong as a number that is too small
        }
    }

    private MutableHttpResponse<String> show(HttpRequest<?> request, LocalDate from, int days, boolean reckon, Form form, HttpStatus status) {
        Visitor visitor = frame.visitorOf(request);
        WorkingDays calendar = notices.calendar();
        int year = deadlines.today().getYear();
        WorkingDaysView.Reckoned reckoned = null;
        if (reckon) {
            WorkingDays.Due due = calendar.after(from, days);
            reckoned = new WorkingDaysView.Reckoned(due.on(), due.isProvisional() ? TermWords.provisional(due.withoutNotice()) : null);
        }
        boolean bureau = visitor instanceof Visitor.SignedIn signedIn && signedIn.hasAny(Role.REGULATOR);
        UUID reader = visitor instanceof Visitor.SignedIn(var person, var _) ? person.id() : null;
        WorkingDaysView view = new WorkingDaysView(
                IntStream.rangeClosed(year - 1, year + 1).map(i -> 2 * year - i).mapToObj(each -> year(calendar, each)).toList(),
                notices.listAll().stream().map(each -> new WorkingDaysView.Notice(each.id(), each.says().year(), each.title(), each.issuedOn(), each.source(),
                        each.inForce(), bureau && !each.inForce() && !java.util.Objects.equals(each.recordedBy(), reader), days(each.says().days()))).toList(),
                from, days, reckoned, bureau, form);
        return frame.show(request, visitor, HttpResponse.status(status), page -> pages.workingDays(page, view));
    }

    private static WorkingDaysView.Year year(WorkingDays calendar, int year) {
        WorkingDays.Basis basis = calendar.basisOf(year);
        return new WorkingDaysView.Year(year, TermWords.of(basis), TermWords.css(basis),
                LocalDate.of(year, 1, 1).datesUntil(LocalDate.of(year + 1, 1, 1)).filter(calendar::isWorked).count(), days(calendar.specialsOf(year)));
    }

    private static List<WorkingDaysView.Day> days(List<WorkingDays.Special> days) {
        return days.stream().map(each -> new WorkingDaysView.Day(each.day(), TermWords.of(each.kind()), new Bilingual(each.nameZh(), each.nameEn()))).toList();
    }

    @Post(Links.WORKING_DAYS)
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> enter(HttpRequest<?> request, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person person = frame.personWith(request, Role.REGULATOR);
        Map<String, Bilingual> wrong = new LinkedHashMap<>();
        for (String field : List.of("title", "source")) {
            if (posted.text(field).isEmpty() || posted.text(field).length() > TEXT_MAX) {
                wrong.put(field, new Bilingual("须填写,最多 500 字", "it is needed, of 500 characters at most"));
            }
        }
        LocalDate issued = DeadlinePages.day(posted.text("issuedOn"));
        if (issued == null) {
            wrong.put("issuedOn", new Bilingual("日期须为 2026-11-30 形式", "a date has the form 2026-11-30"));
        }
        int year = number(posted.text("year"));
        if (year < 2008 || year > 2200) {
            wrong.put("year", new Bilingual("年份无效", "no year"));
        }
        WorkingDays.YearNotice says = null;
        switch (HolidayLines.read(posted.text("days"))) {
            case HolidayLines.Read.Wrong(var why) -> wrong.put("days", why);
            case HolidayLines.Read.Days(var days) -> {
                try {
                    says = year < 2008 ? null : new WorkingDays.YearNotice(year, days);
                } catch (IllegalArgumentException rule) {
                    String message = String.valueOf(rule.getMessage());
                    wrong.put("days", new Bilingual("日期不属于该年、重复,或没有放假:" + message, message));
                }
            }
        }
        if (says == null || issued == null || !wrong.isEmpty()) {
            return again(request, posted, wrong);
        }
        UUID id = UUID.nameUUIDFromBytes((person.id() + " " + posted.text("title") + " " + posted.text("days") + issued).getBytes(StandardCharsets.UTF_8));
        return switch (notices.record(id, says, posted.text("title"), issued, posted.text("source"), person.id())) {
            case Change.Done _ -> HttpResponse.seeOther(URI.create(Links.WORKING_DAYS + "?done=" + Done.HOLIDAYS_ENTERED.word()));
            case Change.Refused(var fault) -> again(request, posted, Map.of("title", new Bilingual(fault.zh(), fault.en())));
        };
    }

    private HttpResponse<String> again(HttpRequest<?> request, Posted posted, Map<String, Bilingual> wrong) {
        return show(request, deadlines.today(), USUAL, true, new Form(posted.shown(), wrong), HttpStatus.UNPROCESSABLE_ENTITY);
    }

    @Post(Links.WORKING_DAYS + "/{id}")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> sign(HttpRequest<?> request, String id, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person person = frame.personWith(request, Role.REGULATOR);
        return switch (notices.confirm(SubscriptionPages.uuid(id), person.id())) {
            case Change.Done _ -> HttpResponse.seeOther(URI.create(Links.WORKING_DAYS + "?done=" + Done.DECIDED.word()));
            case Change.Refused(var fault) -> again(request, posted, Map.of("notices", new Bilingual(fault.zh(), fault.en())));
        };
    }
}
