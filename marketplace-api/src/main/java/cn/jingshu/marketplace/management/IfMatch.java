package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.gate.Refusal;
import io.micronaut.core.convert.ArgumentConversionContext;
import io.micronaut.core.type.Argument;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.bind.binders.TypedRequestArgumentBinder;
import jakarta.inject.Singleton;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which state of a fact the sender has seen: the entity tags of {@code If-Match} (RFC 9110, 13.1.1).
 *
 * @param tags strong entity tags with their quotation marks; null: the header was not sent, or is {@code *}
 * @param sent whether the header was there at all
 */
record IfMatch(@Nullable Set<String> tags, boolean sent) {

    static IfMatch of(@Nullable String header) {
        if (header == null || header.strip().equals("*")) {
            return new IfMatch(null, header != null);
        }
        // A weak tag is never strongly equal to ours, so it needs no parsing of its own.
        return new IfMatch(
                Arrays.stream(header.split(",")).map(String::strip).collect(Collectors.toUnmodifiableSet()), true);
    }

    /** For what would overwrite, or is signed as it was read. */
    IfMatch needed() {
        if (!sent) {
            throw new ManagementProblem(Refusal.VERSION_NOT_STATED);
        }
        return this;
    }

    boolean fits(String tag) {
        return tags == null || tags.contains(tag);
    }

    /** Lets a controller method take it as a parameter. */
    @Singleton
    static final class Binder implements TypedRequestArgumentBinder<IfMatch> {
        @Override
        public Argument<IfMatch> argumentType() {
            return Argument.of(IfMatch.class);
        }

        @Override
        public BindingResult<IfMatch> bind(ArgumentConversionContext<IfMatch> context, HttpRequest<?> source) {
            IfMatch seen = of(source.getHeaders().get(HttpHeaders.IF_MATCH));
            return () -> Optional.of(seen);
        }
    }
}
