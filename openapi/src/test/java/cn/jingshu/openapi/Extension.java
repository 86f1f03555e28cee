package cn.jingshu.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whether a document only extends the one published before it, so that no program written against that one breaks:
 * nothing that could be called or read is gone or of another type, and nothing new must be sent.
 */
final class Extension {
    private final JsonNode before;
    private final JsonNode after;
    private final List<String> breaks = new ArrayList<>();
    private final Set<String> compared = new HashSet<>();

    private Extension(JsonNode before, JsonNode after) {
        this.before = before;
        this.after = after;
    }

    /** What would break, each in one sentence; empty: {@code after} only extends {@code before}. */
    static List<String> breaks(JsonNode before, JsonNode after) {
        var extension = new Extension(before, after);
        extension.comparePaths();
        return extension.breaks;
    }

    private void comparePaths() {
        before.path("paths").properties().forEach(path -> path.getValue().properties().forEach(operation -> {
            String where = operation.getKey() + " " + path.getKey();
            JsonNode now = after.path("paths").path(path.getKey()).path(operation.getKey());
            if (now.isMissingNode()) {
                breaks.add(where + " is gone");
            } else {
                compareOperation(where, operation.getValue(), now);
            }
        }));
    }

    private void compareOperation(String where, JsonNode was, JsonNode now) {
        if (!was.path("operationId").equals(now.path("operationId"))) {
            breaks.add(where + ": the operationId changed");
        }
        Map<String, JsonNode> parametersBefore = parameters(was, before);
        Map<String, JsonNode> parametersNow = parameters(now, after);
        parametersBefore.forEach((name, parameter) -> {
            JsonNode own = parametersNow.get(name);
            if (own == null) {
                breaks.add(where + ": the parameter " + name + " is gone");
            } else {
                compareSchema(where + ": " + name, parameter.path("schema"), own.path("schema"), false);
            }
        });
        parametersNow.forEach((name, parameter) -> {
            JsonNode old = parametersBefore.get(name);
            boolean wasRequired = old != null && old.path("required").asBoolean();
            if (parameter.path("required").asBoolean() && !wasRequired) {
                breaks.add(where + ": the parameter " + name + " is required now");
            }
        });
        if (was.path("requestBody").isMissingNode() != now.path("requestBody").isMissingNode()) {
            breaks.add(where + ": the request body came or went");
        }
        compareContent(where + " request", was.path("requestBody"), now.path("requestBody"), false);
        was.path("responses").properties().forEach(response -> {
            JsonNode own = now.path("responses").path(response.getKey());
            if (own.isMissingNode()) {
                breaks.add(where + ": the answer " + response.getKey() + " is gone");
            } else {
                compareContent(
                        where + " " + response.getKey(),
                        resolve(before, response.getValue()),
                        resolve(after, own),
                        true);
            }
        });
    }

    private static Map<String, JsonNode> parameters(JsonNode operation, JsonNode document) {
        Map<String, JsonNode> byName = new HashMap<>();
        operation.path("parameters").forEach(parameter -> {
            JsonNode own = resolve(document, parameter);
            byName.put(own.path("in").asText() + " " + own.path("name").asText(), own);
        });
        return byName;
    }

    private void compareContent(String where, JsonNode was, JsonNode now, boolean answer) {
        was.path("content").properties().forEach(media -> {
            JsonNode own = now.path("content").path(media.getKey());
            if (own.isMissingNode()) {
                breaks.add(where + ": the content type " + media.getKey() + " is gone");
            } else {
                compareSchema(where, media.getValue().path("schema"), own.path("schema"), answer);
                compareSchema(where + " item", media.getValue().path("x-jingshu-item"), own.path("x-jingshu-item"), answer);
            }
        });
    }

    private void compareSchema(String where, JsonNode was, JsonNode now, boolean answer) {
        String reference = was.path("$ref").asText() + "→" + now.path("$ref").asText() + answer;
        if (was.has("$ref") && now.has("$ref") && !compared.add(reference)) {
            return; // a schema that holds itself
        }
        JsonNode old = resolve(before, was);
        JsonNode own = resolve(after, now);
        for (String same : List.of("type", "format")) {
            if (!old.path(same).equals(own.path(same))) {
                breaks.add(where + ": the " + same + " changed");
            }
        }
        old.path("properties").properties().forEach(property -> {
            JsonNode kept = own.path("properties").path(property.getKey());
            if (kept.isMissingNode()) {
                breaks.add(where + ": the property " + property.getKey() + " is gone");
            } else {
                compareSchema(where + "." + property.getKey(), property.getValue(), kept, answer);
            }
        });
        Set<String> requiredBefore = texts(old.path("required"));
        Set<String> requiredNow = texts(own.path("required"));
        if (answer && !requiredNow.containsAll(requiredBefore)) {
            breaks.add(where + ": a property that was always answered is optional now");
        }
        if (!answer && !requiredBefore.containsAll(requiredNow)) {
            breaks.add(where + ": a property must be sent now that need not be before");
        }
        if (!answer && !texts(own.path("enum")).containsAll(texts(old.path("enum")))) {
            breaks.add(where + ": a choice is gone");
        }
        if (old.has("items")) {
            compareSchema(where + "[]", old.path("items"), own.path("items"), answer);
        }
        if (old.has("additionalProperties")) {
            compareSchema(where + "{}", old.path("additionalProperties"), own.path("additionalProperties"), answer);
        }
    }

    /** The node a reference, or the single part of an allOf, stands for. */
    private static JsonNode resolve(JsonNode document, JsonNode node) {
        JsonNode here = node.has("allOf") ? node.path("allOf").path(0) : node;
        return here.has("$ref") ? document.at(here.path("$ref").asText().substring(1)) : here;
    }

    private static Set<String> texts(JsonNode array) {
        Set<String> texts = new HashSet<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }
}
