package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.catalogue.Catalogue;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.keeping.KeepingOverview;
import cn.jingshu.marketplace.keeping.RetentionHolds;
import cn.jingshu.marketplace.party.Organisations;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.products.domain.DomainException;
import cn.jingshu.products.domain.Kept;
import cn.jingshu.products.domain.KeptStanding;
import cn.jingshu.products.domain.RemovalRecord;
import cn.jingshu.products.domain.RetentionRules;
import cn.jingshu.products.identifier.ResidentId;
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
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.net.URI;
import java.time.Clock;
import java.time.Period;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What products keep, for how long and why, what went, and what is held. */
@Controller
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class RetentionPages {
    private static final Logger LOG = LoggerFactory.getLogger(RetentionPages.class);
    private static final int SHOWN = 50;

    private final PageFrame frame;
    private final Pages pages;
    private final KeepingOverview overview;
    private final RetentionHolds holds;
    private final Catalogue products;
    private final Organisations organisations;
    private final Clock clock;

    RetentionPages(PageFrame frame, Pages pages, KeepingOverview overview, RetentionHolds holds, Catalogue products, Organisations organisations,
            Clock clock) {
        this.frame = frame;
        this.pages = pages;
        this.overview = overview;
        this.holds = holds;
        this.products = products;
        this.organisations = organisations;
        this.clock = clock;
    }

    @Get(Links.RETENTION)
    HttpResponse<String> show(HttpRequest<?> request) {
        return show(request, new Form(Map.of("id", UUID.randomUUID().toString()), Map.of()), HttpStatus.OK);
    }

    private MutableHttpResponse<String> show(HttpRequest<?> request, Form form, HttpStatus status) {
        Person reader = frame.personOf(request);
        if (!KeepingOverview.mayRead(reader)) {
            throw new PageRefused(new PageRefused.Reason.NotAllowed());
        }
        boolean bureau = reader.roles().contains(Role.REGULATOR);
        RetentionView view;
        try {
            Map<String, Bilingual> names = productNames();
            List<KeepingOverview.Kind> kinds = overview.kinds(reader);
            Map<String, Bilingual> whats = new HashMap<>();
            kinds.forEach(each -> whats.put(each.product() + "/" + each.kept().kind(), words(each.kept().what())));
            List<RetentionView.Hold> held = bureau || reader.roles().contains(Role.AUDITOR)
                    ? holds.list(SHOWN).stream().map(each -> hold(each, reader, names, whats)).toList() : List.of();
            view = new RetentionView(Reading.known(kinds.stream().map(each -> kind(each, names)).toList(), clock.instant()),
                    overview.removals(reader, null, SHOWN).stream().map(each -> removal(each, names, whats)).toList(), held, bureau,
                    bureau ? choices(kinds, names) : List.of(), form);
        } catch (DatabaseException | DomainException away) {
            LOG.warn("what products keep cannot be read: {}", away.getMessage());
            view = new RetentionView(PageFrame.unknown(request), List.of(), List.of(), false, List.of(), form);
        }
        RetentionView shown = view;
        return frame.show(request, frame.visitorOf(request), HttpResponse.status(status), page -> pages.retention(page, shown));
    }

    private Map<String, Bilingual> productNames() {
        Map<String, Bilingual> names = new HashMap<>();
        names.put("domain", new Bilingual("数据域", "Data domain"));
        products.listProducts().forEach(each -> names.put(each.registration().product(),
                new Bilingual(each.registration().nameZh(), each.registration().nameEn())));
        return names;
    }

    private static Bilingual words(Kept.Words words) {
        return new Bilingual(words.zh(), words.en());
    }

    /** A period as one says it. */
    static Bilingual period(Period period) {
        if (period.isZero()) {
            return new Bilingual("即时删除", "removed at once");
        }
        List<String> zh = new ArrayList<>();
        List<String> en = new ArrayList<>();
        part(period.getYears(), "年", "year", zh, en);
        part(period.getMonths(), "个月", "month", zh, en);
        part(period.getDays(), "天", "day", zh, en);
        return new Bilingual(String.join("", zh), String.join(" ", en));
    }

    private static void part(int count, String zhUnit, String enUnit, List<String> zh, List<String> en) {
        if (count != 0) {
            zh.add(count + " " + zhUnit);
            en.add(count + " " + enUnit + (count == 1 ? "" : "s"));
        }
    }

    private static RetentionView.Kind kind(KeepingOverview.Kind of, Map<String, Bilingual> names) {
        Kept kept = of.kept();
        RetentionRules.Rule rule = of.rule();
        KeptStanding live = of.live();
        return new RetentionView.Kind(names.getOrDefault(of.product(), Bilingual.same(of.product())), words(kept.what()), words(kept.why()),
                words(kept.since()), String.join(", ", kept.removals().stream().map(Kept.Removal::table).toList()),
                rule == null ? null : period(rule.period()), rule == null ? null : rule.citation(),
                live == null ? null : new RetentionView.Counted(live.rows(), live.open(), live.due(), live.held(), live.countedAt()));
    }

    private static RetentionView.Removal removal(RemovalRecord of, Map<String, Bilingual> names, Map<String, Bilingual> whats) {
        return new RetentionView.Removal(names.getOrDefault(of.product(), Bilingual.same(of.product())),
                whats.getOrDefault(of.product() + "/" + of.kind(), Bilingual.same(of.kind())), of.table(), of.rows(), of.sandbox(),
                switch (of.cause()) {
                    case TERM -> new Bilingual("期满(" + of.rule() + ")", "its time was over (" + of.rule() + ")");
                    case ERASURE -> new Bilingual("本人请求删除", "the person asked for it");
                }, of.removedAt());
    }

    private RetentionView.Hold hold(RetentionHolds.Hold of, Person reader, Map<String, Bilingual> names, Map<String, Bilingual> whats) {
        Bilingual product = names.getOrDefault(of.product(), Bilingual.same(of.product()));
        Bilingual kind = of.kind() == null ? new Bilingual("全部", "everything")
                : whats.getOrDefault(of.product() + "/" + of.kind(), Bilingual.same(of.kind()));
        Bilingual whose = of.aboutAPerson() ? new Bilingual("某一个人的记录", "rows about one person")
                : of.key() != null ? Bilingual.same(of.key())
                : Optional.ofNullable(of.organisation()).flatMap(organisations::find).map(PageFrame::nameOf)
                        .orElse(new Bilingual("所有记录", "all rows"));
        return new RetentionView.Hold(of.id(), new Bilingual(product.zh() + ":" + kind.zh(), product.en() + ": " + kind.en()), whose, of.document(),
                of.placedAt(), of.releasedAt(), of.inForce() && reader.roles().contains(Role.REGULATOR) && !of.placedBy().equals(reader.id()));
    }

    private static List<ResourcesView.Choice> choices(List<KeepingOverview.Kind> kinds, Map<String, Bilingual> names) {
        Map<String, Bilingual> choices = new LinkedHashMap<>();
        for (KeepingOverview.Kind each : kinds) {
            Bilingual product = names.getOrDefault(each.product(), Bilingual.same(each.product()));
            choices.put(each.product(), new Bilingual(product.zh() + ":全部", product.en() + ": everything"));
            choices.put(each.product() + "/" + each.kept().kind(),
                    new Bilingual(product.zh() + ":" + each.kept().what().zh(), product.en() + ": " + each.kept().what().en()));
        }
        return choices.entrySet().stream().map(each -> new ResourcesView.Choice(each.getKey(), each.getValue())).toList();
    }

    @Post(Links.RETENTION)
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> place(HttpRequest<?> request, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person person = frame.personWith(request, Role.REGULATOR);
        Map<String, Bilingual> wrong = new LinkedHashMap<>();
        String document = text(posted, "document", wrong);
        String[] what = posted.text("what").split("/", 2);
        if (what[0].isEmpty()) {
            wrong.put("what", new Bilingual("请选择", "choose what is held"));
        }
        ResidentId about = null;
        if (!posted.text("person").isEmpty()) {
            about = ResidentId.parse(posted.text("person")).orElse(null);
            if (about == null) {
                wrong.put("person", new Bilingual("不是有效的公民身份号码", "this is no identity number"));
            }
        }
        String key = posted.text("key").isEmpty() ? null : posted.text("key");
        if (key != null && (what.length < 2 || about != null)) {
            wrong.put("key", new Bilingual("记录编号须与具体类别一起填写,且不与个人并用", "a row is named with its kind, and not with a person"));
        }
        Map<String, String> shown = new HashMap<>(posted.shown());
        shown.remove("person"); // an identity number does not come back on a page
        if (!wrong.isEmpty()) {
            return show(request, new Form(shown, wrong), HttpStatus.UNPROCESSABLE_ENTITY);
        }
        RetentionHolds.Asked asked = new RetentionHolds.Asked(what[0], what.length < 2 ? null : what[1], null, key, about, document);
        return after(request, shown, holds.place(SubscriptionPages.uuid(posted.text("id")), asked, person.id()), "what", Done.HELD);
    }

    @Post(Links.RETENTION + "/{id}")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> release(HttpRequest<?> request, String id, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person person = frame.personWith(request, Role.REGULATOR);
        Map<String, Bilingual> wrong = new LinkedHashMap<>();
        String ground = text(posted, "ground", wrong);
        if (!wrong.isEmpty()) {
            return show(request, new Form(posted.shown(), wrong), HttpStatus.UNPROCESSABLE_ENTITY);
        }
        return after(request, posted.shown(), holds.release(SubscriptionPages.uuid(id), ground, person.id()), "ground", Done.DECIDED);
    }

    private HttpResponse<?> after(HttpRequest<?> request, Map<String, String> shown, Change change, String field, Done done) {
        return switch (change) {
            case Change.Done _ -> HttpResponse.seeOther(URI.create(Links.RETENTION + "?done=" + done.word()));
            case Change.Refused(var fault) -> show(request, new Form(shown, Map.of(field, new Bilingual(fault.zh(), fault.en()))),
                    HttpStatus.UNPROCESSABLE_ENTITY);
        };
    }

    private static String text(Posted posted, String field, Map<String, Bilingual> wrong) {
        String text = posted.text(field);
        if (text.isEmpty() || text.length() > RetentionHolds.MOST_TEXT) {
            wrong.put(field, new Bilingual("须填写,最多 500 字", "it is needed, of 500 characters at most"));
        }
        return text;
    }
}
