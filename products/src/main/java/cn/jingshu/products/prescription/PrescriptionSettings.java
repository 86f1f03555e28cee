package cn.jingshu.products.prescription;

import io.micronaut.context.annotation.ConfigurationProperties;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What an installation adds to the shipped records.
 *
 * @param interactionList CSV file of an interaction list it has licensed; null: none
 * @param storable drugs with special storage that the city's own list allows; empty: a pharmacist decides each time
 * @param urbanDistricts codes of the urban districts; empty: those of the record
 */
@ConfigurationProperties("jingshu.prescription")
public record PrescriptionSettings(
        @Nullable String interactionList, @Nullable List<String> storable, @Nullable List<String> urbanDistricts) {

    /** The shipped records alone. */
    public static PrescriptionSettings usual() {
        return new PrescriptionSettings(null, null, null);
    }

    InteractionRules interactionRules() {
        InteractionRules shipped = InteractionRules.shipped();
        return Optional.ofNullable(interactionList).filter(list -> !list.isBlank()).map(list -> shipped.with(Path.of(list))).orElse(shipped);
    }

    Set<String> storableDrugs() {
        return stripped(storable);
    }

    Set<String> districts() {
        return stripped(urbanDistricts);
    }

    private static Set<String> stripped(@Nullable List<String> texts) {
        return texts == null ? Set.of() : texts.stream().map(String::strip).filter(text -> !text.isEmpty()).collect(Collectors.toSet());
    }
}
