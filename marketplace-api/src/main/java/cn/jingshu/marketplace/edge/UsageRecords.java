package cn.jingshu.marketplace.edge;

import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.metering.journal.UsageJournal;
import java.util.concurrent.CompletionStage;

/** Where the meter records usage events. */
interface UsageRecords {
    /** The name of this node, which every event carries. */
    String nodeId();

    /** As {@link UsageJournal#append}. */
    CompletionStage<Void> append(UsageEvent event);
}
