package cn.jingshu.products.domain.load;

import java.util.List;

/** What came of a load. */
public sealed interface LoadOutcome {
    /** One record for each table. */
    record Loaded(List<LoadRecord> loads) implements LoadOutcome {}

    /** The source is the one of the newest load: nothing was changed. */
    record AlreadyLoaded(List<LoadRecord> loads) implements LoadOutcome {}

    /** Nothing was changed; the sentences say why. */
    record Refused(String zh, String en, List<LoadRecord> loads) implements LoadOutcome {}

    /** It broke off and nothing was changed; the same load goes on where this one was left. */
    record Broken(String zh, String en, List<LoadRecord> loads) implements LoadOutcome {}

    /** Another load of one of these tables is running. */
    record Busy(String table) implements LoadOutcome {}
}
