package cn.jingshu.marketplace.portal;

import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A product as the lists show it.
 *
 * @param listId its row in the plan's product list, {@code A3.6}; empty: not on the list
 * @param personal true: answers about a person, so consent is needed
 * @param lowestFenPerUnit the lowest price for industry use in fen a unit; null: no price is in force
 * @param freeForPublicInterest true: public-interest use costs nothing
 * @param degraded true: data behind it are below their quality threshold now
 */
public record ProductCard(
        String code,
        Bilingual name,
        Bilingual summary,
        Bilingual provider,
        State state,
        String listId,
        boolean personal,
        boolean freeForPublicInterest,
        @Nullable BigDecimal lowestFenPerUnit,
        MeterUnit unit,
        List<String> protocols,
        boolean degraded) {

    public ProductCard {
        protocols = List.copyOf(protocols);
    }

    /** How far a product is. */
    public enum State implements Labelled {
        PUBLISHED,
        IN_REGISTRATION,
        SUSPENDED;

        @Override
        public String textKey() {
            return "enum.ProductState." + name();
        }

        /** Part of the class name in the style sheet. */
        public String css() {
            return switch (this) {
                case PUBLISHED -> "done";
                case IN_REGISTRATION -> "note";
                case SUSPENDED -> "failed";
            };
        }
    }
}
