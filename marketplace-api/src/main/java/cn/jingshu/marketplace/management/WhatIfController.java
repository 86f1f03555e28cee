package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.billing.WhatIf;
import cn.jingshu.marketplace.billing.WhatIfJson;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.visitor.Visitor;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.time.DateTimeException;
import java.time.YearMonth;

/** Replays past months under proposed prices, ceilings or shares (测算), without touching the books. */
@Controller("/api")
@ExecuteOn(TaskExecutors.BLOCKING)
final class WhatIfController {
    private final WhatIf whatIf;

    WhatIfController(WhatIf whatIf) {
        this.whatIf = whatIf;
    }

    /** The body has the form of {@link WhatIfJson}; {@code from} and {@code to} are months such as 2026-11, both included. */
    @Post("/what-if")
    @Produces(MediaType.APPLICATION_JSON)
    String replay(Visitor visitor, @QueryValue String from, @QueryValue String to, @Body String proposal) {
        Rights.requireBooks(visitor);
        WhatIf.Outcome outcome;
        try {
            outcome = whatIf.replay(YearMonth.parse(from), YearMonth.parse(to), WhatIfJson.read(proposal));
        } catch (DateTimeException | IllegalArgumentException unfit) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, "测算请求有误:" + unfit.getMessage(),
                    "the proposal cannot be read: " + unfit.getMessage());
        }
        return switch (outcome) {
            case WhatIf.Outcome.Replayed replayed -> WhatIfJson.write(replayed);
            case WhatIf.Outcome.Refused(var reason) -> throw new ManagementProblem(Refusal.RULE_BROKEN,
                    "按该方案无法计价:" + reason, "the months cannot be rated under it: " + reason);
        };
    }
}
