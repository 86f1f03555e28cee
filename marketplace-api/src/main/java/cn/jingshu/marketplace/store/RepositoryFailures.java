package cn.jingshu.marketplace.store;

import io.micronaut.data.exceptions.ExceptionConverter;
import jakarta.inject.Singleton;

/** Lets a repository fail as {@link Database} does: what PostgreSQL refuses is a {@link DatabaseException}. */
@Singleton
public final class RepositoryFailures implements ExceptionConverter {
    @Override
    public Exception convert(Exception failure) {
        return failure instanceof RuntimeException unchecked ? DatabaseException.unwrap(unchecked) : failure;
    }
}
