package cn.jingshu.products.domain;

import cn.jingshu.products.spi.CallFacts;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** What one product may read and keep. A sandbox call is led to the product's sandbox twin, with the same statements. */
public interface ProductData {
    /**
     * Does {@code work} in one transaction, off the event loop: committed when it returns, taken back when it throws. The stage
     * fails with what the work threw.
     */
    <T> CompletionStage<T> within(CallFacts facts, Function<DataSession, T> work);

    /** The token under which the domain keeps a subject: an identity number, a unified social credit code, a card number. */
    String token(String identifier);

    /** How the newest load of a table stands. @throws IllegalArgumentException if the product does not read that table */
    Freshness freshness(CallFacts facts, String table);
}
