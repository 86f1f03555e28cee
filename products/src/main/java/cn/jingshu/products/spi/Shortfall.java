package cn.jingshu.products.spi;

/** Something a product's data lack at the moment, in a sentence of each language; its answers say so, and by its contract cost nothing. */
public record Shortfall(String zh, String en) {}
