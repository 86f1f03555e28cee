package cn.jingshu.marketplace.portal;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the sandbox twins of a product hold, how far anybody could be found in them, and what they held before. */
public record TwinsView(String code, Bilingual product, Reading<Content> content, Samples samples) {

    /**
     * Masked samples that were asked for.
     *
     * @param proposes the reader proposes and draws
     * @param decides the reader approves and refuses
     * @param freshId the id a proposal would have, so that a form sent twice is one
     * @param versions that keep a twin and can be asked for
     */
    public record Samples(boolean proposes, boolean decides, UUID freshId, List<Integer> versions, List<Sample> all, Form form) {
        public static final Samples NONE = new Samples(false, false, new UUID(0, 0), List.of(), List.of(), Form.EMPTY);

        public Samples {
            versions = List.copyOf(versions);
            all = List.copyOf(all);
        }
    }

    /** Where a sample stands. */
    public enum SampleState implements Labelled {
        OPEN,
        APPROVED,
        REFUSED,
        WITHDRAWN,
        DRAWN,
        WITHHELD;

        /** Part of the class name in the style sheet. */
        public String css() {
            return switch (this) {
                case OPEN, APPROVED -> "warning";
                case DRAWN -> "done";
                case REFUSED, WITHDRAWN, WITHHELD -> "failed";
            };
        }
    }

    /**
     * A sample that was asked for.
     *
     * @param personal live rows are about real people
     * @param ground what its approval rests on, or why it was refused or withdrawn; empty: it is open
     * @param own the reader proposed it, and so does not approve it
     */
    public record Sample(UUID id, int version, long rows, int k, boolean personal, String reason, Instant proposedAt, SampleState state,
            String ground, boolean own) {}

    /** @param versions empty: the product keeps no data of its own */
    public record Content(List<Version> versions, List<Past> history) {
        public Content {
            versions = List.copyOf(versions);
            history = List.copyOf(history);
        }
    }

    /**
     * The twin of one version.
     *
     * @param realPeople live rows are about real people, so a sample needs another person's approval
     * @param intact the report is what was written down
     * @param risk null: every row is made up, or about nobody
     */
    public record Version(int version, Bilingual state, String css, Instant madeAt, boolean realPeople, long number, String digest, boolean intact,
            @Nullable Risk risk, List<Table> tables) {
        public Version {
            tables = List.copyOf(tables);
        }
    }

    /** Shares as they are shown, with their unit. */
    public record Risk(long k, String highest, String atRisk) {}

    /** @param subjects 0: made up, or about nobody */
    public record Table(String table, long rows, long leftOut, long subjects, long classes, long k, List<Column> columns, List<Bar> bars) {
        public Table {
            columns = List.copyOf(columns);
            bars = List.copyOf(bars);
        }
    }

    /** @param level how coarse of how many levels; empty: it has none */
    public record Column(String name, Bilingual how, String level) {}

    /**
     * Classes of one size, or of a span of sizes.
     *
     * @param subjects of each class, for reading
     * @param width of its bar in thousandths
     */
    public record Bar(String subjects, long classes, long rows, int width) {}

    /**
     * A filling, or a sample that was withheld.
     *
     * @param sentence why it was withheld; null: it was not
     */
    public record Past(long number, Instant at, int version, Bilingual state, String css, long k, String digest, @Nullable Bilingual sentence) {}
}
