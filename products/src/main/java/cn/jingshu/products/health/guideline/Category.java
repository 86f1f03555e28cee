package cn.jingshu.products.health.guideline;

/**
 * What a guideline calls a value.
 *
 * @param code stable: {@code GRADE_1}
 * @param citation the guideline
 */
public record Category(String code, String zh, String en, Concern concern, String citation) {}
