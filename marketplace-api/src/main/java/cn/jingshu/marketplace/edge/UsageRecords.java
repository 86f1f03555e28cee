package cn.jingshu.marketplace.edge;

import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.metering.journal.UsageJournal;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where the meter records usage events. */
interface UsageRecords {
    /** The name of this node, which every event carries. */
    String nodeId();

    /**
     * As {@link UsageJournal#append}.
     *
     * @param recorded is told once the event is durable (null), or why it could not be recorded; it throws nothing
     */
    void append(UsageEvent event, Consumer<@Nullable Throwable> recorded);
}
