package cn.jingshu.products.prescription;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads the product's dated records ({@code prescription/…json} on the class path). */
final class Records {
    private Records() {}

    /** @throws IllegalStateException if the record is not there */
    static JsonNode read(String name) {
        try (InputStream stream = Records.class.getResourceAsStream("/prescription/" + name)) {
            if (stream == null) {
                throw new IllegalStateException("the record prescription/" + name + " is missing");
            }
            return new ObjectMapper().readTree(stream);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    static Set<String> set(JsonNode array) {
        return new HashSet<>(texts(array));
    }
}
