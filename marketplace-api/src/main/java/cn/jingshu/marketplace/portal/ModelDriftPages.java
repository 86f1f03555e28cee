package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.catalogue.Catalogue;
import cn.jingshu.marketplace.drift.DriftOverview;
import cn.jingshu.marketplace.drift.InputDrift;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.products.statistics.PopulationStability;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How far what models are asked about has moved from what they were trained on. */
@Controller
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class ModelDriftPages {
    private static final Logger LOG = LoggerFactory.getLogger(ModelDriftPages.class);

    /** Where the bars of the page end: twice the limit. */
    private static final double SCALE = 2 * PopulationStability.LARGE;

    private final PageFrame frame;
    private final Pages pages;
    private final DriftOverview overview;
    private final Catalogue products;
    private final Clock clock;

    ModelDriftPages(PageFrame frame, Pages pages, DriftOverview overview, Catalogue products, Clock clock) {
        this.frame = frame;
        this.pages = pages;
        this.overview = overview;
        this.products = products;
        this.clock = clock;
    }

    @Get(Links.MODEL_DRIFT)
    HttpResponse<String> show(HttpRequest<?> request) {
        Person reader = frame.personOf(request);
        if (!DriftOverview.mayRead(reader)) {
            throw new PageRefused(new PageRefused.Reason.NotAllowed());
        }
        ModelDriftView view;
        try {
            view = new ModelDriftView(Reading.known(models(overview.inputs(reader)), clock.instant()));
        } catch (DatabaseException away) {
            LOG.warn("the drift of models cannot be read: {}", away.getMessage());
            view = new ModelDriftView(PageFrame.unknown(request));
        }
        ModelDriftView shown = view;
        return frame.show(request, frame.visitorOf(request), HttpResponse.ok(), page -> pages.modelDrift(page, shown));
    }

    private List<ModelDriftView.Model> models(List<InputDrift> inputs) {
        Map<String, Bilingual> names = new HashMap<>();
        products.listProducts().forEach(each -> names.put(each.registration().product(),
                new Bilingual(each.registration().nameZh(), each.registration().nameEn())));
        Map<String, List<InputDrift>> byModel = new LinkedHashMap<>();
        inputs.forEach(each -> byModel.computeIfAbsent(each.product() + " " + each.model(), _ -> new ArrayList<>()).add(each));
        AtomicInteger bars = new AtomicInteger();
        return byModel.values().stream().map(all -> {
            InputDrift first = all.getFirst();
            return new ModelDriftView.Model(names.getOrDefault(first.product(), Bilingual.same(first.product())), first.model(), first.source(),
                    all.stream().anyMatch(each -> each.day() != null && each.shift() == PopulationStability.Shift.LARGE),
                    all.stream().flatMap(each -> judged(bars, each).stream()).toList(),
                    all.stream().filter(each -> each.day() == null).map(InputDrift::input).toList());
        }).toList();
    }

    private static Optional<ModelDriftView.Judged> judged(AtomicInteger bars, InputDrift of) {
        LocalDate day = of.day();
        return day == null ? Optional.empty() : Optional.of(new ModelDriftView.Judged("bar-" + bars.incrementAndGet(), of.input(),
                DriftOrigin.valueOf(of.origin().name()), of.reference(), of.cases(), DriftShift.valueOf(of.shift().name()),
                String.format(Locale.ROOT, "%.3f", of.index()), String.format(Locale.ROOT, "%.3f", Math.min(of.index(), SCALE)), day));
    }
}
