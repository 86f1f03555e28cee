package cn.jingshu.marketplace.portal;

import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The form of an objection. Fields: {@code id}, what it is about, {@code event}, what is the matter, {@code statement}.
 *
 * @param about a resource's id or a product's code; null: it is chosen in the form
 * @param name what it is called; null: likewise
 * @param resources what can be chosen
 * @param products what can be chosen
 * @param due the last day of the answer's term if it is raised today
 * @param provisional why that day can still change; null: it cannot
 */
public record NewObjectionView(@Nullable String about, @Nullable Bilingual name, List<ResourcesView.Choice> resources,
        List<ResourcesView.Choice> products, List<ResourcesView.Choice> faults, int workingDays, LocalDate due, @Nullable Bilingual provisional,
        Form form) {
    public NewObjectionView {
        resources = List.copyOf(resources);
        products = List.copyOf(products);
        faults = List.copyOf(faults);
    }
}
