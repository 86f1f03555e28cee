package cn.jingshu.products.domain;

/** Told how far a change of the sealing key has come. */
@FunctionalInterface
public interface ResealProgress {
    ResealProgress NONE = (place, blocks, of, sealed) -> {};

    /**
     * After each committed step.
     *
     * @param place schema, table and column that is looked through: {@code domain.discharge.diagnosis_code}
     * @param blocks of the table that were looked through
     * @param of so many
     * @param sealed values sealed anew by this run of the work, in all places
     */
    void at(String place, long blocks, long of, long sealed);
}
