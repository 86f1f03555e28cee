package cn.jingshu.products.claims;

import java.util.Set;

/** Where a case stands, and what may happen to it there. */
@SuppressWarnings("ImmutableEnumChecker") // the sets are copies
public enum CaseState {
    /** Opened; nothing was looked up yet. */
    OPEN(Set.of(CaseEvent.Kind.SCREENED, CaseEvent.Kind.CLOSED)),
    /** Clues were counted; they guide the tasks outside. */
    SCREENED(Set.of(CaseEvent.Kind.SCREENED, CaseEvent.Kind.RELEASE_APPROVED, CaseEvent.Kind.TASK_ASSIGNED,
            CaseEvent.Kind.EVIDENCE_RECORDED, CaseEvent.Kind.TASK_COMPLETED, CaseEvent.Kind.CLOSED)),
    /** A person approved that clues be told by hospital. */
    RELEASE_APPROVED(Set.of(CaseEvent.Kind.SCREENED, CaseEvent.Kind.HOSPITAL_CLUES_TOLD, CaseEvent.Kind.TASK_ASSIGNED,
            CaseEvent.Kind.EVIDENCE_RECORDED, CaseEvent.Kind.TASK_COMPLETED, CaseEvent.Kind.CLOSED)),
    /** Concluded; nothing happens to it any more. */
    CLOSED(Set.of());

    private final Set<CaseEvent.Kind> allowed;

    CaseState(Set<CaseEvent.Kind> allowed) {
        this.allowed = Set.copyOf(allowed);
    }

    /** True: this may happen now. */
    public boolean allows(CaseEvent.Kind kind) {
        return allowed.contains(kind);
    }

    /** The state after something that is allowed; a release once approved stays approved when clues are counted again. */
    public CaseState after(CaseEvent.Kind kind) {
        return switch (kind) {
            case OPENED -> OPEN;
            case SCREENED -> this == OPEN ? SCREENED : this;
            case RELEASE_APPROVED -> RELEASE_APPROVED;
            case HOSPITAL_CLUES_TOLD, TASK_ASSIGNED, EVIDENCE_RECORDED, TASK_COMPLETED -> this;
            case CLOSED -> CLOSED;
        };
    }
}
