package cn.jingshu.marketplace.gate;

import java.util.HashMap;
import java.util.Map;

/**
 * Gives one object for all that are equal: thousands of subscriptions say the same product, operations and rate, and what they
 * share stays in the processor's cache, where a copy for each would not. Only for values that never change; by one thread.
 */
final class Alike {
    private final Map<Object, Object> seen = new HashMap<>();

    @SuppressWarnings("unchecked") // what is kept under a value is of its class, as it is equal to it
    <T> T of(T value) {
        return (T) seen.computeIfAbsent(value, same -> same);
    }
}
