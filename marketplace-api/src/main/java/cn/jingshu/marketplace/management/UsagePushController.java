package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.usagepush.SinkState;
import cn.jingshu.marketplace.usagepush.UsagePush;
import cn.jingshu.marketplace.visitor.Visitor;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.serde.annotation.Serdeable;
import java.time.Instant;
import java.util.Optional;

/** How the push of usage to the installation's sink goes, for the operator. */
@Controller("/api/usage/push")
@ExecuteOn(TaskExecutors.BLOCKING)
final class UsagePushController {
    private final UsagePush push;

    UsagePushController(UsagePush push) {
        this.push = push;
    }

    /**
     * The state of the push.
     *
     * @param waiting events and voids not taken yet; null: no sink, or not known now
     * @param failures in a row
     * @param lastFailure what went wrong last; null: nothing ever did
     * @param gone the sink answered 410: nothing more is sent until it is resumed or has another address
     */
    @Serdeable
    record State(
            boolean configured,
            @Nullable Long waiting,
            int failures,
            @Nullable String lastFailure,
            @Nullable Instant deliveredAt,
            boolean gone) {}

    /** How far stored usage was pushed to the installation's sink. */
    @Get
    State state(Visitor visitor) {
        Rights.require(visitor, Role.OPERATIONS, Role.AUDITOR);
        return state();
    }

    /** Tries the sink again at once. */
    @Post("/resume")
    State resume(Visitor visitor) {
        Rights.require(visitor, Role.OPERATIONS);
        push.resume();
        return state();
    }

    private State state() {
        Optional<SinkState> state = push.findState();
        return new State(push.isConfigured(), push.stats().waiting(), state.map(SinkState::failures).orElse(0),
                state.map(SinkState::lastFailure).orElse(null), state.map(SinkState::deliveredAt).orElse(null),
                state.filter(SinkState::gone).isPresent());
    }
}
