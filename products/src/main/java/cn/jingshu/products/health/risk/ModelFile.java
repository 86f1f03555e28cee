package cn.jingshu.products.health.risk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The coefficients of a model, kept as a file of facts beside the code. */
final class ModelFile {
    private ModelFile() {}

    /** @throws IllegalStateException if there is no such file on the class path */
    static JsonNode read(String name) {
        String path = "/model/health/" + name;
        try (InputStream in = ModelFile.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException("the model " + path + " is not on the class path");
            }
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException("the model " + path + " cannot be read", e);
        }
    }

    /** @throws IllegalStateException if the field is no number */
    static double number(JsonNode node, String field) {
        JsonNode value = node.path(field);
        if (!value.isNumber()) {
            throw new IllegalStateException("the model lacks the number " + field);
        }
        return value.doubleValue();
    }

    static List<Double> numbers(JsonNode node, String field) {
        List<Double> numbers = new ArrayList<>();
        node.path(field).forEach(value -> numbers.add(value.doubleValue()));
        if (numbers.isEmpty()) {
            throw new IllegalStateException("the model lacks the numbers " + field);
        }
        return List.copyOf(numbers);
    }

    static Map<String, Double> terms(JsonNode node, String field) {
        Map<String, Double> terms = new LinkedHashMap<>();
        node.path(field).properties().forEach(term -> terms.put(term.getKey(), term.getValue().doubleValue()));
        if (terms.isEmpty()) {
            throw new IllegalStateException("the model lacks the terms " + field);
        }
        return terms;
    }

    static String text(JsonNode node, String field) {
        String text = node.path(field).asText();
        if (text.isEmpty()) {
            throw new IllegalStateException("the model lacks the text " + field);
        }
        return text;
    }
}
