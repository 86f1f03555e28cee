package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.term.CatalogueChanges;
import cn.jingshu.marketplace.term.Deadline;
import cn.jingshu.marketplace.term.Deadlines;
import cn.jingshu.marketplace.term.HolidayNotices;
import cn.jingshu.marketplace.term.Term;
import cn.jingshu.marketplace.term.Terms;
import cn.jingshu.marketplace.term.WorkingDays;
import cn.jingshu.marketplace.visitor.Visitor;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Put;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.serde.annotation.Serdeable;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Working days, the terms that run in them, what is due, and changes the catalogue has to follow. */
@Controller("/api")
@ExecuteOn(TaskExecutors.BLOCKING)
final class TermsController {
    private static final int MOST_TEXT = 2_000;
    private static final int FIRST_YEAR = 2008;
    private static final int LAST_YEAR = 2200;

    private final HolidayNotices notices;
    private final Terms terms;
    private final Deadlines deadlines;
    private final CatalogueChanges changes;

    TermsController(HolidayNotices notices, Terms terms, Deadlines deadlines, CatalogueChanges changes) {
        this.notices = notices;
        this.terms = terms;
        this.deadlines = deadlines;
        this.changes = changes;
    }

    /* The calendar */

    /** @param kind OFF or, of a weekend day, WORKED */
    @Serdeable
    record DayView(@Nullable LocalDate day, @Nullable String kind, @Nullable String nameZh, @Nullable String nameEn) {
        static DayView of(WorkingDays.Special day) {
            return new DayView(day.day(), day.kind().name(), day.nameZh(), day.nameEn());
        }

        WorkingDays.Special fromApi() {
            return new WorkingDays.Special(Facts.need("days.day", day),
                    Pages.constant("days.kind", Facts.need("days.kind", kind), WorkingDays.Kind.class),
                    Facts.need("days.nameZh", nameZh), Facts.need("days.nameEn", nameEn));
        }
    }

    /**
     * What is known of a year.
     *
     * @param basis NOTICE, STATUTORY (no notice yet) or WEEKENDS (nothing recorded)
     * @param workingDays how many there are
     * @param days what is not as its weekday says
     */
    @Serdeable
    record YearView(int year, String basis, long workingDays, List<DayView> days) {}

    /** Working days and holidays of a year as they are known. */
    @Get("/working-days/years/{year}")
    YearView year(int year) {
        if (year < FIRST_YEAR || year > LAST_YEAR) {
            throw new ManagementProblem(Refusal.NOT_FOUND);
        }
        WorkingDays days = notices.calendar();
        return new YearView(year, days.basisOf(year).name(),
                LocalDate.of(year, 1, 1).datesUntil(LocalDate.of(year + 1, 1, 1)).filter(days::isWorked).count(),
                days.specialsOf(year).stream().map(DayView::of).toList());
    }

    /**
     * A date reckoned in working days.
     *
     * @param withoutNotice years whose notice is not recorded, so that the date can still change
     */
    @Serdeable
    record DueView(LocalDate from, int workingDays, LocalDate due, boolean provisional, List<Integer> withoutNotice) {}

    /** The last day of a term that begins on {@code from}, which is not counted. */
    @Get("/working-days/after{?from,days}")
    DueView after(@Nullable @QueryValue String from, @QueryValue(defaultValue = "1") int days) {
        LocalDate start = from == null ? deadlines.today() : Pages.readDay("from", from);
        if (days < 1 || days > WorkingDays.MOST || start.getYear() < FIRST_YEAR || start.getYear() > LAST_YEAR) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, "days 须为 1 至 " + WorkingDays.MOST + ",from 须为 2008 年以后的日期。",
                    "days must be 1 to " + WorkingDays.MOST + ", and from a day of 2008 or later.");
        }
        WorkingDays.Due due = notices.calendar().after(start, days);
        return new DueView(start, days, due.on(), due.isProvisional(), List.copyOf(due.withoutNotice()));
    }

    /** @param confirmedBy null: it changes no date yet, or it came with the installation */
    @Serdeable
    record NoticeView(UUID id, int year, String title, LocalDate issuedOn, String source, @Nullable UUID recordedBy,
            @Nullable UUID confirmedBy, boolean signed, List<DayView> days) {
        static NoticeView of(HolidayNotices.Notice notice) {
            return new NoticeView(notice.id(), notice.says().year(), notice.title(), notice.issuedOn(), notice.source(), notice.recordedBy(),
                    notice.confirmedBy(), notice.inForce(), notice.says().days().stream().map(DayView::of).toList());
        }
    }

    @Serdeable
    record NoticeList(List<NoticeView> notices) {}

    /** The notices that the calendar rests on. */
    @Get("/working-days/notices")
    NoticeList notices() {
        return new NoticeList(notices.listAll().stream().map(NoticeView::of).toList());
    }

    @Serdeable
    record NoticeRequest(int year, @Nullable String title, @Nullable String issuedOn, @Nullable String source, @Nullable List<DayView> days) {}

    /** Enters the notice of a year; until another person signs it, it changes no date. */
    @Put("/working-days/notices/{id}")
    HttpResponse<NoticeView> record(Visitor visitor, UUID id, @Body NoticeRequest request) {
        UUID recorder = Rights.require(visitor, Role.REGULATOR).id();
        if (request.year() < FIRST_YEAR || request.year() > LAST_YEAR) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, "year 无效。", "year is not valid.");
        }
        WorkingDays.YearNotice says = Facts.built(() -> new WorkingDays.YearNotice(request.year(),
                Facts.need("days", request.days()).stream().map(DayView::fromApi).toList()));
        return Facts.entered(notices.record(id, says, Pages.requireText("title", request.title(), MOST_TEXT),
                Pages.readDay("issuedOn", Facts.need("issuedOn", request.issuedOn())),
                Pages.requireText("source", request.source(), MOST_TEXT), recorder), () -> notices.find(id).map(NoticeView::of));
    }

    /** Another person has compared it with the published text. */
    @Post("/working-days/notices/{id}/confirmation")
    NoticeView confirm(Visitor visitor, UUID id) {
        UUID confirmer = Rights.require(visitor, Role.REGULATOR).id();
        return Facts.stepped(notices.confirm(id, confirmer), () -> notices.find(id).map(NoticeView::of));
    }

    /* Terms */

    /** @param extension the most it may be extended by; null: it may not */
    @Serdeable
    record TermView(String term, int workingDays, String citation, @Nullable Integer extension, @Nullable String extensionCitation) {}

    @Serdeable
    record TermList(LocalDate at, List<TermView> terms) {}

    /** How long each term is that begins today. */
    @Get("/terms")
    TermList terms() {
        LocalDate today = deadlines.today();
        Terms.Table table = terms.read();
        return new TermList(today, Arrays.stream(Term.values()).map(each -> {
            Terms.Length length = table.lengthOf(each, today);
            Optional<Terms.Length> extension = table.extensionOf(each, today);
            return new TermView(each.name(), length.workingDays(), length.citation(), extension.map(Terms.Length::workingDays).orElse(null),
                    extension.map(Terms.Length::citation).orElse(null));
        }).toList());
    }

    /**
     * Something still to be done.
     *
     * @param responsible the organisation that has to do it; null: the bureau
     * @param workingDaysLeft below zero: working days since
     * @param provisional the date can still change with the notice of a year
     */
    @Serdeable
    record DeadlineView(String term, UUID subject, String reference, String nameZh, String nameEn, @Nullable UUID responsible, LocalDate begins,
            int workingDays, int extendedBy, LocalDate due, boolean provisional, List<Integer> withoutNotice, int workingDaysLeft, boolean overdue,
            String extension, String citation) {
        static DeadlineView of(Deadline d) {
            return new DeadlineView(d.term().name(), d.subject(), d.reference(), d.nameZh(), d.nameEn(), d.responsible(), d.begins(),
                    d.workingDays(), d.extendedBy(), d.due().on(), d.due().isProvisional(), List.copyOf(d.due().withoutNotice()),
                    d.workingDaysLeft(), d.overdue(), d.extension().name(), d.citation());
        }
    }

    @Serdeable
    record DeadlineList(LocalDate at, List<DeadlineView> deadlines) {}

    /** What is to be done within a term: all for who runs and supervises the market, their own for others. */
    @Get("/deadlines{?overdue}")
    DeadlineList deadlines(Visitor visitor, @Nullable @QueryValue Boolean overdue) {
        Person reader = Rights.require(visitor, Role.REGULATOR, Role.OPERATIONS, Role.AUDITOR, Role.PROVIDER_OFFICER, Role.MERCHANT_OFFICER);
        boolean all = reader.roles().contains(Role.REGULATOR) || reader.roles().contains(Role.OPERATIONS) || reader.roles().contains(Role.AUDITOR);
        return new DeadlineList(deadlines.today(), deadlines.listOpen().stream()
                .filter(each -> all || Deadlines.answersFor(reader, each))
                .filter(each -> overdue == null || overdue == each.overdue())
                .map(DeadlineView::of).toList());
    }

    @Serdeable
    record ExtensionRequest(int workingDays, @Nullable String reason) {}

    /** Asks for more time, once. */
    @Put("/deadlines/{term}/{subject}/extension")
    DeadlineView ask(Visitor visitor, String term, UUID subject, @Body ExtensionRequest request) {
        UUID asking = Rights.require(visitor, Role.REGULATOR, Role.PROVIDER_OFFICER, Role.MERCHANT_OFFICER).id();
        Term asked = Pages.constant("term", term, Term.class);
        return Facts.stepped(deadlines.askExtension(asked, subject, request.workingDays(),
                Pages.requireText("reason", request.reason(), MOST_TEXT), asking), () -> deadlines.find(asked, subject).map(DeadlineView::of));
    }

    @Serdeable
    record ExtensionDecision(boolean granted) {}

    /** Another person of the bureau decides. */
    @Post("/deadlines/{term}/{subject}/extension/decision")
    DeadlineView decide(Visitor visitor, String term, UUID subject, @Body ExtensionDecision decision) {
        UUID deciding = Rights.require(visitor, Role.REGULATOR).id();
        Term asked = Pages.constant("term", term, Term.class);
        return Facts.stepped(deadlines.decideExtension(asked, subject, decision.granted(), deciding),
                () -> deadlines.find(asked, subject).map(DeadlineView::of));
    }

    /* Changes the catalogue has to follow */

    @Serdeable
    record ChangeRequest(@Nullable String resource, @Nullable String happenedOn, @Nullable String ground) {}

    @Serdeable
    record ChangeView(UUID id, String resource, LocalDate happenedOn, String ground, UUID noticedBy) {
        static ChangeView of(CatalogueChanges.CatalogueChange change) {
            return new ChangeView(change.id(), change.resource(), change.happenedOn(), change.ground(), change.noticedBy());
        }
    }

    /** Notes a change of law or duties; the term of the update runs from the day it happened. */
    @Put("/catalogue/change-notes/{id}")
    HttpResponse<ChangeView> notice(Visitor visitor, UUID id, @Body ChangeRequest request) {
        UUID by = Rights.require(visitor, Role.PROVIDER_OFFICER, Role.REGULATOR).id();
        LocalDate happened = Pages.readDay("happenedOn", Facts.need("happenedOn", request.happenedOn()));
        if (happened.isAfter(deadlines.today()) || happened.getYear() < FIRST_YEAR) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, "happenedOn 不得晚于今天。", "happenedOn is not after today.");
        }
        return Facts.entered(changes.notice(new CatalogueChanges.CatalogueChange(id, Facts.need("resource", request.resource()), happened,
                Pages.requireText("ground", request.ground(), MOST_TEXT), by)), () -> changes.find(id).map(ChangeView::of));
    }
}
