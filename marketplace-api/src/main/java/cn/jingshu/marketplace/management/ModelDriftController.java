package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.drift.DriftOverview;
import cn.jingshu.marketplace.drift.InputDrift;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.visitor.Visitor;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.serde.annotation.Serdeable;
import java.time.LocalDate;
import java.util.List;

/** How far what models are asked about has moved from what they were trained on. */
@Controller("/api/model-drift")
@ExecuteOn(TaskExecutors.BLOCKING)
final class ModelDriftController {
    private final DriftOverview overview;

    ModelDriftController(DriftOverview overview) {
        this.overview = overview;
    }

    /**
     * One input of a model.
     *
     * @param comparedWith TRAINING or FIRST_CASES
     * @param source the training data, as the model names them; empty: not known
     * @param referenceCases how many cases the comparison rests on; 0: not known
     * @param cases asked about in the 30 days up to {@code day}
     * @param index population stability index; null: too few cases so far
     * @param shift STABLE, MODERATE or LARGE; null with it
     */
    @Serdeable
    record InputView(String product, String model, String input, String comparedWith, String source, long referenceCases, long cases,
            @Nullable Double index, @Nullable String shift, @Nullable LocalDate day) {
        static InputView of(InputDrift d) {
            boolean known = d.day() != null;
            return new InputView(d.product(), d.model(), d.input(), d.origin().name(), d.source(), d.reference(), d.cases(),
                    known ? d.index() : null, known ? d.shift().name() : null, d.day());
        }
    }

    @Serdeable
    record InputList(List<InputView> inputs) {}

    /** Every watched input, by product and model, those that moved most first; merchants see those of their own products. */
    @Get
    InputList inputs(Visitor visitor) {
        return new InputList(overview.inputs(Rights.require(visitor, Role.REGULATOR, Role.OPERATIONS, Role.AUDITOR, Role.MERCHANT_OFFICER)).stream().map(InputView::of).toList());
    }
}
