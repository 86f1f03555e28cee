package cn.jingshu.products.claims;

import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A case, as its events tell it.
 *
 * @param version the number of its last event
 * @param opened the body of its first event
 * @param clues how many of each kind were counted last; empty: not counted yet
 * @param onRecord whether what is claimed is on record; null: not looked up, or no stay was named
 * @param approval the body of the approval; null: none
 * @param tasks by id, in the order they were assigned
 * @param conclusion null: not closed
 */
public record CaseFile(CaseState state, int version, Map<String, Object> opened, Map<ClueKind, Integer> clues,
        @Nullable Boolean onRecord, @Nullable Map<String, Object> approval, Map<String, Task> tasks, @Nullable String conclusion) {

    /**
     * Something to find out outside.
     *
     * @param values as it was assigned
     * @param evidence bodies of what was recorded
     * @param outcome null: not completed
     */
    public record Task(String id, Map<String, Object> values, List<Map<String, Object>> evidence, @Nullable String outcome) {
        public Task {
            values = Map.copyOf(values);
            evidence = List.copyOf(evidence);
        }
    }

    public CaseFile {
        opened = Map.copyOf(opened);
        clues = Map.copyOf(clues);
        tasks = Collections.unmodifiableMap(new LinkedHashMap<>(tasks));
    }

    /**
     * The case after its events.
     *
     * @throws IllegalStateException if they are no history of a case: a gap, a broken chain, something that was not allowed
     */
    static CaseFile of(List<CaseEvent> events) {
        if (events.isEmpty() || events.getFirst().kind() != CaseEvent.Kind.OPENED) {
            throw new IllegalStateException("a case begins with being opened");
        }
        CaseFile file = null;
        String sha256 = "";
        String sm3 = "";
        for (CaseEvent event : events) {
            if (event.number() != (file == null ? 1 : file.version() + 1) || !event.follows(sha256, sm3)) {
                throw new IllegalStateException("event " + event.number() + " does not follow the one before");
            }
            if (file != null && !file.state().allows(event.kind())) {
                throw new IllegalStateException("event " + event.number() + " is " + event.kind() + " in state " + file.state());
            }
            file = file == null
                    ? new CaseFile(CaseState.OPEN, 1, event.values(), Map.of(), null, null, Map.of(), null)
                    : file.with(event);
            sha256 = event.sha256();
            sm3 = event.sm3();
        }
        return Objects.requireNonNull(file);
    }

    private CaseFile with(CaseEvent event) {
        Map<String, Object> body = event.values();
        Map<ClueKind, Integer> counted = clues;
        Boolean found = onRecord;
        Map<String, Object> approved = approval;
        Map<String, Task> changed = new LinkedHashMap<>(tasks);
        String concluded = conclusion;
        switch (event.kind()) {
            case OPENED -> throw new IllegalStateException("a case is opened once");
            case SCREENED -> {
                counted = counts(body);
                found = body.get("on_record") instanceof Boolean is ? is : null;
            }
            case RELEASE_APPROVED -> approved = body;
            case HOSPITAL_CLUES_TOLD -> {
                // what was told stands in the event
            }
            case TASK_ASSIGNED -> changed.put(text(body, "task_id"), new Task(text(body, "task_id"), body, List.of(), null));
            case EVIDENCE_RECORDED -> changed.computeIfPresent(text(body, "task_id"), (_, task) -> new Task(task.id(), task.values(),
                    Stream.concat(task.evidence().stream(), Stream.of(body)).toList(), task.outcome()));
            case TASK_COMPLETED -> changed.computeIfPresent(text(body, "task_id"),
                    (_, task) -> new Task(task.id(), task.values(), task.evidence(), text(body, "outcome")));
            case CLOSED -> concluded = text(body, "conclusion");
        }
        return new CaseFile(state.after(event.kind()), event.number(), opened, counted, found, approved, changed, concluded);
    }

    private static Map<ClueKind, Integer> counts(Map<String, Object> body) {
        Map<ClueKind, Integer> counts = new EnumMap<>(ClueKind.class);
        if (body.get("clues") instanceof Map<?, ?> clues) {
            clues.forEach((kind, count) -> counts.put(ClueKind.valueOf(String.valueOf(kind)), ((Number) Objects.requireNonNull(count)).intValue()));
        }
        return counts;
    }

    /** A text of the first event: {@code claim_number}, {@code insurer}, {@code opened_by} … */
    String openedText(String name) {
        return text(opened, name);
    }

    Optional<Task> findTask(String id) {
        return Optional.ofNullable(tasks.get(id));
    }

    /** True: every task has an outcome. */
    boolean allTasksDone() {
        return tasks.values().stream().allMatch(t -> t.outcome() != null);
    }

    static String text(Map<String, Object> body, String name) {
        return String.valueOf(body.getOrDefault(name, ""));
    }
}
