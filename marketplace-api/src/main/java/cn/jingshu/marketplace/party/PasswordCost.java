package cn.jingshu.marketplace.party;

/**
 * What one Argon2id computation costs.
 *
 * @param memoryKib memory in KiB, 8 to 1,048,576
 * @param passes how often the memory is gone over, 1 to 20
 * @param concurrent how many computations may run at once, so that sign-ins cannot exhaust the memory; 1 to 64
 */
public record PasswordCost(int memoryKib, int passes, int concurrent) {
    /** 19 MiB and two passes, the least OWASP's password storage sheet recommends for Argon2id; four at a time. */
    public static final PasswordCost DEFAULT = new PasswordCost(19_456, 2, 4);

    public PasswordCost {
        require(memoryKib >= 8 && memoryKib <= 1_048_576, "memoryKib", memoryKib);
        require(passes >= 1 && passes <= 20, "passes", passes);
        require(concurrent >= 1 && concurrent <= 64, "concurrent", concurrent);
    }

    private static void require(boolean holds, String name, int value) {
        if (!holds) {
            throw new IllegalArgumentException("password cost: " + name + " " + value + " out of range");
        }
    }
}
