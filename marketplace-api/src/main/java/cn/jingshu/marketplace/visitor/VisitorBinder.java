package cn.jingshu.marketplace.visitor;

import io.micronaut.core.convert.ArgumentConversionContext;
import io.micronaut.core.type.Argument;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.bind.binders.TypedRequestArgumentBinder;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Lets a controller method take the {@link Visitor} as a parameter. */
@Singleton
final class VisitorBinder implements TypedRequestArgumentBinder<Visitor> {
    private final Visitors visitors;

    VisitorBinder(Visitors visitors) {
        this.visitors = visitors;
    }

    @Override
    public Argument<Visitor> argumentType() {
        return Argument.of(Visitor.class);
    }

    @Override
    public BindingResult<Visitor> bind(ArgumentConversionContext<Visitor> context, HttpRequest<?> source) {
        return () -> Optional.of(visitors.of(source));
    }
}
