package cn.jingshu.marketplace.source;

import cn.jingshu.products.domain.load.Continuation;
import cn.jingshu.products.domain.load.RecordSource;
import cn.jingshu.products.domain.load.SourceRecord;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A source as it is set, read within the limits of a run. */
final class BoundedOpening implements RecordSource.Opening {
    private final RecordSource.Opening of;
    private final String definition;
    private final RunLimits limits;

    /** @param definition tells what is read from what was read when the source was set otherwise, under the same code */
    BoundedOpening(RecordSource.Opening of, String definition, RunLimits limits) {
        this.of = of;
        this.definition = definition;
        this.limits = limits;
    }

    @Override
    public String description() {
        return of.description();
    }

    @Override
    public String definition() {
        return definition;
    }

    @Override
    public @Nullable String digest() {
        return of.digest();
    }

    @Override
    public boolean isUnchanged(String entityTag) throws IOException {
        return of.isUnchanged(entityTag);
    }

    @Override
    public @Nullable Continuation continuation() {
        return of.continuation();
    }

    @Override
    public RecordSource.Opening behind(String bookmark) {
        return new BoundedOpening(of.behind(bookmark), definition, limits);
    }

    @Override
    public RecordSource from(String position) throws IOException {
        return new Bounded(of.from(position), limits);
    }

    private static final class Bounded implements RecordSource {
        private final RecordSource of;
        private final RunLimits limits;

        Bounded(RecordSource of, RunLimits limits) {
            this.of = of;
            this.limits = limits;
        }

        @Override
        public List<String> columns() {
            return of.columns();
        }

        @Override
        public @Nullable SourceRecord next() throws IOException {
            limits.requireTime();
            SourceRecord record = of.next();
            limits.requireSize(record == null ? 0 : record.line(), of.bytesRead());
            return record;
        }

        @Override
        public long bytesRead() {
            return of.bytesRead();
        }

        @Override
        public long bytesTotal() {
            return of.bytesTotal();
        }

        @Override
        public String position() {
            return of.position();
        }

        @Override
        public @Nullable String digest() {
            return of.digest();
        }

        @Override
        public @Nullable String entityTag() {
            return of.entityTag();
        }

        @Override
        public void accepted(SourceRecord record, Instant now) {
            of.accepted(record, now);
        }

        @Override
        public @Nullable String bookmark() {
            return of.bookmark();
        }

        @Override
        public void close() throws IOException {
            of.close();
        }
    }
}
