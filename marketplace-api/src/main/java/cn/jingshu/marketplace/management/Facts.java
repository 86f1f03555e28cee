package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.governance.Change;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpResponse;
import io.micronaut.serde.annotation.Serdeable;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;

/** What the endpoints of all facts have in common: reading what was sent, pages, and the answer to a change. */
final class Facts {
    private static final int MOST = 1_000;

    private Facts() {}

    /** Why something is done, in a sentence that the audit log keeps. */
    @Serdeable
    record Ground(@Nullable String reason) {
        String given() {
            return need("reason", reason);
        }
    }

    /** The document an approval rests on. */
    @Serdeable
    record Approval(@Nullable String citation) {
        String given() {
            return need("citation", citation);
        }
    }

    /** A field that has to be there. */
    static String need(String name, @Nullable String text) {
        if (text == null || text.isBlank()) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, "缺少 " + name + "。", name + " is missing.");
        }
        return text.strip();
    }

    /** A field that has to be there. */
    static <T> T need(String name, @Nullable T value) {
        if (value == null) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, "缺少 " + name + "。", name + " is missing.");
        }
        return value;
    }

    /** What was sent, made into a value that cannot be built wrongly. */
    static <T> T built(Supplier<T> building) {
        try {
            return building.get();
        } catch (IllegalArgumentException wrong) {
            throw new ManagementProblem(
                    Refusal.INVALID_REQUEST, "内容不符合要求:" + wrong.getMessage(), String.valueOf(wrong.getMessage()));
        }
    }

    /** How many were asked for. */
    static int limit(int limit) {
        if (limit < 1 || limit > MOST) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, "limit 须为 1 至 1000。", "limit must be 1 to 1000.");
        }
        return limit;
    }

    /** Where a page begins; null: at the first. Opaque to callers, stable whatever is entered meanwhile. */
    static @Nullable UUID after(@Nullable String cursor) {
        if (cursor == null) {
            return null;
        }
        try {
            return UUID.fromString(new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException broken) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, "cursor 无效。", "cursor is not one of ours.");
        }
    }

    /** The cursor behind a page; null: it was the last. */
    static <T> @Nullable String next(List<T> page, int limit, Function<T, UUID> id) {
        return page.size() < limit ? null : Base64.getUrlEncoder().withoutPadding()
                .encodeToString(id.apply(page.getLast()).toString().getBytes(StandardCharsets.UTF_8));
    }

    /** The answer to something entered under the caller's own id: 201, or 200 when it was there already. */
    static <T> HttpResponse<T> entered(Change change, Supplier<Optional<T>> fact) {
        boolean already = done(change);
        T body = found(fact.get());
        return already ? HttpResponse.ok(body) : HttpResponse.created(body);
    }

    /** The fact as it stands after a step; the same when the step was taken before. */
    static <T> T stepped(Change change, Supplier<Optional<T>> fact) {
        done(change);
        return found(fact.get());
    }

    static <T> T found(Optional<T> fact) {
        return fact.orElseThrow(() -> new ManagementProblem(Refusal.NOT_FOUND));
    }

    /** Whether a change had been made before; a refused one is thrown. */
    static boolean done(Change change) {
        return switch (change) {
            case Change.Done(var already) -> already;
            case Change.Refused(var fault) -> throw refused(fault);
        };
    }

    static ManagementProblem refused(Change.Fault fault) {
        Refusal refusal = switch (fault) {
            case UNKNOWN -> Refusal.NOT_FOUND;
            case ID_TAKEN, CODE_TAKEN, OVER, OVERTAKEN, ANOTHER_WHOLE -> Refusal.CONFLICT;
            case SAME_PERSON, NOT_ITS_PROVIDER, NOT_ITS_PROPOSER -> Refusal.FORBIDDEN;
            case BLOCKED_BY_LAW -> Refusal.BLOCKED_BY_LAW;
            case TERM_TOO_LONG, BEYOND_AGREEMENT, NO_SCENARIO, TOO_LONG_AGO, TOO_MANY_OPEN, NAMES_UNKNOWN, KIND_STAYS, UNITS_MIXED ->
                Refusal.RULE_BROKEN;
        };
        return new ManagementProblem(refusal, fault.zh(), fault.en());
    }
}
