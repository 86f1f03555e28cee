package cn.jingshu.marketplace.portal;

/** The page that renders a product's OpenAPI document from our own files. */
public record OpenApiView(String code, Bilingual name) {}
