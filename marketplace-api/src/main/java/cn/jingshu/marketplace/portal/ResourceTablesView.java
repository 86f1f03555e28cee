package cn.jingshu.marketplace.portal;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The tables that providers declared. Sent to declare one: {@code id}, {@code name}, the resource, {@code columns} (a line each), {@code key},
 * {@code indexes} (a line each), {@code reason}; of a decision: {@code approved}, {@code decision}.
 *
 * @param unreadable names of those that this version of the house cannot read
 * @param mayDeclare the reader is an officer of a provider
 * @param resources of that provider
 * @param faults what is wrong with the declaration that was sent, by its places
 */
public record ResourceTablesView(Reading<List<Table>> tables, List<String> unreadable, boolean mayDeclare, List<ResourcesView.Choice> resources, Form form,
        List<DeclareView.Fault> faults) {
    public ResourceTablesView {
        unreadable = List.copyOf(unreadable);
        resources = List.copyOf(resources);
        faults = List.copyOf(faults);
    }

    /**
     * A declaration.
     *
     * @param revision empty: it was not approved
     * @param decision null: not decided
     * @param mayDecide it waits, and the reader is of the bureau
     */
    public record Table(UUID id, String name, String resource, Bilingual resourceName, List<Column> columns, String key, String reason, Instant declaredAt,
            Bilingual state, String css, String revision, @Nullable String decision, boolean mayDecide) {
        public Table {
            columns = List.copyOf(columns);
        }
    }

    /** A column as it is kept. */
    public record Column(String name, String type, Bilingual keeping, Bilingual protection, boolean required, Bilingual holds) {}
}
