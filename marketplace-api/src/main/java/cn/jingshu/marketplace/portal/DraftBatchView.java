package cn.jingshu.marketplace.portal;

import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A batch of the catalogue as it is drafted. Fields: {@code id}, {@code titleZh}, {@code titleEn}, {@code appliesFrom}.
 *
 * @param id the batch's; a new one has an id already, so that sending the form twice begins one batch
 * @param begun false: the form of a new batch
 * @param state null: it is not begun
 * @param ground why it was returned; empty: it was not
 * @param open it can be edited
 * @param entries what it changes of the catalogue in force
 * @param resources what can be chosen to be changed
 */
public record DraftBatchView(UUID id, boolean begun, Bilingual title, LocalDate from, @Nullable Bilingual state, String css, String ground,
        boolean open, List<ResourceChangesView.Difference> entries, List<ResourcesView.Choice> resources, Form form) {
    public DraftBatchView {
        entries = List.copyOf(entries);
        resources = List.copyOf(resources);
    }
}
