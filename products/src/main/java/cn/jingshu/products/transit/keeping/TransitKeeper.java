package cn.jingshu.products.transit.keeping;

import cn.jingshu.products.domain.DomainException;
import cn.jingshu.products.domain.load.LoadOutcome;
import cn.jingshu.products.spi.ProductFault;
import cn.jingshu.products.transit.TransitProduct;
import cn.jingshu.products.transit.TransitSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a node's transit product and the data domain together, a step at a time: the timetable the node was given becomes a load of the
 * domain, one that is loaded elsewhere becomes the node's. Not for several threads.
 */
public final class TransitKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(TransitKeeper.class);

    private final TransitProduct product;
    private final TransitSettings settings;
    private final Timetables timetables;
    private boolean recorded;
    private boolean failing;
    private @Nullable String unfit;

    public TransitKeeper(TransitProduct product, TransitSettings settings, Timetables timetables) {
        this.product = product;
        this.settings = settings;
        this.timetables = timetables;
    }

    /** Does what is due. A database that is away is told once and tried again with the next step. */
    public void step() {
        try {
            String gtfs = settings.gtfs();
            if (gtfs == null) {
                follow();
            } else if (!recorded) {
                recorded = record(Path.of(gtfs));
            }
            if (failing) {
                failing = false;
                LOG.info("what the data domain keeps of public transport is looked after again");
            }
        } catch (DomainException | IOException failure) {
            if (!failing) {
                failing = true;
                LOG.warn("what the data domain keeps of public transport cannot be looked after: {}", failure.toString());
            }
        }
    }

    /** The file was read when the node started; here, while calls are answered, it becomes a load. True: that is done. */
    private boolean record(Path file) throws IOException {
        return switch (timetables.load(file, "run --gtfs")) {
            case LoadOutcome.Loaded _ -> {
                LOG.info("the timetable {} is a load of the data domain", file.getFileName());
                yield true;
            }
            case LoadOutcome.AlreadyLoaded _ -> true;
            case LoadOutcome.Refused refused -> {
                LOG.warn("the timetable {} answers, but the data domain has refused it: {}", file.getFileName(), refused.en());
                yield true;
            }
            case LoadOutcome.Broken _, LoadOutcome.Busy _ -> false; // another node loads it, or the database was lost: next time
        };
    }

    private void follow() throws IOException {
        switch (timetables.held()) {
            case Timetables.Held.Nothing() -> {
                return;
            }
            case Timetables.Held.Withheld() -> {
                if (product.archive() != null || product.synthetic()) {
                    LOG.warn("the timetable is withheld: the grants of transit do not cover it any more");
                    product.adopt(null, null);
                }
            }
            case Timetables.Held.Kept(var kept) -> {
                if (kept.digest().equals(product.archive()) || Objects.equals(kept.digest(), unfit)) {
                    return;
                }
                try {
                    timetables.open(kept).ifPresent(timetable -> {
                        product.adopt(timetable, kept.digest());
                        LOG.info("the timetable {} that was loaded is in use", kept.fileName());
                    });
                } catch (ProductFault fault) {
                    unfit = kept.digest();
                    LOG.warn("the timetable {} that was loaded cannot be used: {}", kept.fileName(), fault.getMessage());
                }
            }
        }
    }
}
