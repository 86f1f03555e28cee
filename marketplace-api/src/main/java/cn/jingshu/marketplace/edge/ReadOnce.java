package cn.jingshu.marketplace.edge;

import cn.jingshu.products.contract.RequestReading;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A request that is read when first asked for, and not again: by the gate, if it must know who is asked about. */
final class ReadOnce implements Supplier<RequestReading> {
    private final Supplier<RequestReading> reading;
    private @Nullable RequestReading read;

    ReadOnce(Supplier<RequestReading> reading) {
        this.reading = reading;
    }

    @Override
    public synchronized RequestReading get() {
        RequestReading known = read;
        if (known == null) {
            known = reading.get();
            read = known;
        }
        return known;
    }
}
