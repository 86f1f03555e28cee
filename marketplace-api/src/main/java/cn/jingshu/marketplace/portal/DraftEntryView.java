package cn.jingshu.marketplace.portal;

import java.util.List;
import java.util.UUID;

/**
 * An entry of a batch as it is edited; the fields are those of a catalogue entry, {@code items} a data item a line, each way of
 * supply a tick of its own, {@code reason} and {@code go}.
 *
 * @param fresh the resource is new to the catalogue, so its id is typed
 * @param lawOpens the law blocks the resource: a law record is needed to open it
 */
public record DraftEntryView(UUID batch, Bilingual title, String resource, boolean fresh, boolean lawOpens, Choices choices, Form form) {

    /** What can be chosen. */
    public record Choices(List<ResourcesView.Choice> providers, List<ResourcesView.Choice> cycles, List<ResourcesView.Choice> sharing,
            List<ResourcesView.Choice> channels, List<ResourcesView.Choice> grades, List<ResourcesView.Choice> origins,
            List<ResourcesView.Choice> kinds) {
        public Choices {
            providers = List.copyOf(providers);
            cycles = List.copyOf(cycles);
            sharing = List.copyOf(sharing);
            channels = List.copyOf(channels);
            grades = List.copyOf(grades);
            origins = List.copyOf(origins);
            kinds = List.copyOf(kinds);
        }
    }
}
