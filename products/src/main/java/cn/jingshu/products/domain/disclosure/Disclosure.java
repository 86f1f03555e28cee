package cn.jingshu.products.domain.disclosure;

import cn.jingshu.products.domain.DataSession;
import cn.jingshu.products.domain.disclosure.DifferencingGuard.Judgement;
import cn.jingshu.products.spi.CallFacts;
import java.util.Collection;

/** What may be told in one call: the guards, asked in the name of who calls. */
public final class Disclosure {
    private final SmallCells cells;
    private final DifferencingGuard guard;
    private final CallFacts facts;
    private volatile boolean asked;

    Disclosure(SmallCells cells, DifferencingGuard guard, CallFacts facts) {
        this.cells = cells;
        this.guard = guard;
        this.facts = facts;
    }

    /**
     * Judges a cohort against what the caller was answered before; see {@link DifferencingGuard#admit}. All applications and keys
     * of an organisation are one caller.
     *
     * @param question tells the cohort's definition from every other; see {@link DifferencingGuard#admit}
     * @param cohort tokens of the subjects the answer is about; repeated ones count once
     */
    public Judgement judge(DataSession session, String question, Collection<String> cohort) {
        asked = true;
        return guard.admit(session, facts.caller().text(), facts.occurredAt(), question, cohort);
    }

    /** The rule by which counts are shown or withheld. To have read it is not yet to have asked: see {@link #tellOfNoCohort}. */
    public SmallCells cells() {
        return cells;
    }

    /** Says that the answer is about no cohort: every count of it was withheld, or tells only of cohorts that were judged in an earlier call. */
    public void tellOfNoCohort() {
        asked = true;
    }

    boolean isAsked() {
        return asked;
    }
}
