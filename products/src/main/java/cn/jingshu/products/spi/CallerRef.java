package cn.jingshu.products.spi;

import java.util.UUID;

/**
 * Who calls, as far as a product may know it: a name of the organisation that subscribes, made by the gate. It is the same for
 * every key, application and subscription of the organisation, on every node, for good; it says nothing of a person, is no key
 * and cannot be stated in a request. A product keeps it beside what belongs to a caller and counts its limits by it, and never
 * answers with it.
 *
 * @param value of no meaning outside the market
 */
public record CallerRef(UUID value) {
    /** The market itself: its own pages, and what is tried at a registration. No organisation bears this name. */
    public static final CallerRef MARKET = new CallerRef(new UUID(0, 0));

    /** What is stored: 36 characters. */
    public String text() {
        return value.toString();
    }

    @Override
    public String toString() {
        return text();
    }
}
