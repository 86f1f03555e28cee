package cn.jingshu.products.claims;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.Map;

/**
 * JSON in one form only, so that a digest of it means something: keys in order, no space between, as RFC 8785 has it for the texts
 * without control characters and whole numbers that stand in it here.
 */
final class CanonicalJson {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

    private CanonicalJson() {}

    /** Values are texts, whole numbers, booleans, lists and maps of these. */
    static String of(Map<String, ?> values) {
        try {
            return JSON.writeValueAsString(values);
        } catch (JsonProcessingException impossible) {
            throw new IllegalArgumentException("values that are no JSON", impossible);
        }
    }

    /** @throws IllegalArgumentException if it is no JSON object */
    static Map<String, Object> parse(String json) {
        try {
            return JSON.readValue(json, new TypeReference<Map<String, Object>>() {});
        } catch (JsonProcessingException broken) {
            throw new IllegalArgumentException("not a JSON object", broken);
        }
    }
}
