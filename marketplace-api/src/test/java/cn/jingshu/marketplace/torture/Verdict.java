package cn.jingshu.marketplace.torture;

/** What rounds came to: how many, how many events were stored in them, and what was wrong. */
final class Verdict {
    private final Findings findings = new Findings();
    private int rounds;
    private long events;

    void addRound() {
        rounds++;
    }

    void addEvents(long count) {
        events += count;
    }

    void add(Findings found) {
        findings.add(found);
    }

    void add(Verdict other) {
        rounds += other.rounds;
        events += other.events;
        findings.add(other.findings);
    }

    int rounds() {
        return rounds;
    }

    long events() {
        return events;
    }

    boolean isClean() {
        return findings.isEmpty();
    }

    /** The line a run ends with. */
    @Override
    public String toString() {
        return "rounds=" + rounds + " events=" + events + " " + findings;
    }
}
