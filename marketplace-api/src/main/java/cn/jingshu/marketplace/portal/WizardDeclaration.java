package cn.jingshu.marketplace.portal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** Makes a declaration of what was said in the steps of the form. Whether it is right is looked at where every declaration is. */
final class WizardDeclaration {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> CARD = List.of("intendedUse", "trainingData", "evaluationData", "limits", "author", "licence");
    private static final Pattern WHOLE = Pattern.compile("[0-9]{1,6}");
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,15}(\\.[0-9]{1,15})?");

    private final Posted posted;
    private final DeclaredKind kind;

    private WizardDeclaration(Posted posted, DeclaredKind kind) {
        this.posted = posted;
        this.kind = kind;
    }

    static String of(Posted posted, DeclaredKind kind, int parameters, int columns) {
        ObjectNode root = new WizardDeclaration(posted, kind).root(parameters, columns);
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root);
        } catch (JsonProcessingException ofOurOwn) {
            throw new IllegalStateException(ofOurOwn);
        }
    }

    private ObjectNode root(int parameters, int columns) {
        ObjectNode root = JSON.createObjectNode();
        root.put("code", posted.text("code"));
        number(root, "version", "version");
        root.put("kind", kind.name());
        for (String name : List.of("nameZh", "nameEn", "summaryZh", "summaryEn")) {
            root.put(name, posted.text(name));
        }
        ArrayNode resources = root.putArray("resources");
        list(posted.text("resources")).forEach(resources::add);
        ObjectNode op = root.putArray("operations").addObject();
        op.put("name", posted.text("operation"));
        op.put("verb", posted.text("verb").isEmpty() ? "GET" : posted.text("verb"));
        op.put("path", posted.text("path"));
        op.put("meter", posted.text("meter").isEmpty() ? "CALL" : posted.text("meter"));
        op.put("personal", posted.text("personal").equals("yes"));
        op.put("summaryZh", posted.text("operationZh"));
        op.put("summaryEn", posted.text("operationEn"));
        rows(op.putArray("parameters"), "parameters", parameters);
        rows(op.putArray("columns"), "columns", columns);
        switch (kind) {
            case SQL -> sql(root, op);
            case MODEL -> model(root, op);
            case UPSTREAM -> upstream(root, op);
        }
        return root;
    }

    private void rows(ArrayNode rows, String list, int count) {
        for (int i = 0; i < count; i++) {
            String row = DeclareView.row(list, i);
            if (posted.text(row + "name").isEmpty()) {
                continue; // a row left empty is no row
            }
            ObjectNode field = rows.addObject();
            field.put("name", posted.text(row + "name"));
            field.put("type", posted.text(row + "type"));
            field.put("sensitivity", posted.text(row + "sensitivity"));
            field.put("docZh", posted.text(row + "zh"));
            field.put("docEn", posted.text(row + "en"));
            text(field, "unit", row + "unit");
            text(field, "example", row + "example");
            if (list.equals("parameters")) {
                field.put("required", posted.text(row + "required").equals("yes"));
                field.put("subject", posted.text(row + "subject").equals("yes"));
                number(field, "minimum", row + "minimum");
                number(field, "maximum", row + "maximum");
            } else {
                field.put("nullable", posted.text(row + "nullable").equals("yes"));
                ArrayNode resources = field.putArray("resources");
                list(posted.text(row + "resources")).forEach(resources::add);
            }
        }
    }

    private void sql(ObjectNode root, ObjectNode op) {
        ObjectNode how = op.putObject("sql");
        how.put("query", posted.text("query"));
        ArrayNode key = how.putArray("key");
        list(posted.text("keyColumns")).forEach(key::add);
        how.put("download", posted.text("download").equals("yes"));
        ObjectNode tables = root.putObject("sql").putObject("tables");
        for (String line : lines("tables")) {
            String[] parts = line.split(":", 2);
            ArrayNode columns = tables.putArray(parts[0].strip());
            list(parts.length == 2 ? parts[1] : "").forEach(columns::add);
        }
    }

    private void model(ObjectNode root, ObjectNode op) {
        ObjectNode how = op.putObject("model");
        how.put("input", posted.text("input"));
        ArrayNode features = how.putArray("features");
        list(posted.text("features")).forEach(features::add);
        ObjectNode outputs = how.putObject("outputs");
        for (String line : lines("outputs")) {
            String[] parts = line.split(":", 3);
            ObjectNode output = outputs.putObject(parts[0].strip());
            output.put("name", parts.length > 1 ? parts[1].strip() : "");
            if (parts.length > 2 && WHOLE.matcher(parts[2].strip()).matches()) {
                output.put("index", Integer.parseInt(parts[2].strip()));
            }
        }
        ObjectNode model = root.putObject("model");
        model.put("modelVersion", posted.text("modelVersion"));
        ArrayNode metrics = model.putArray("metrics");
        for (String line : lines("metrics")) {
            String[] parts = line.split(":", 3);
            ObjectNode metric = metrics.addObject();
            metric.put("name", parts[0].strip());
            if (parts.length > 1 && NUMBER.matcher(parts[1].strip()).matches()) {
                metric.put("value", Double.parseDouble(parts[1].strip()));
            }
            metric.put("dataset", parts.length > 2 ? parts[2].strip() : "");
        }
        ObjectNode card = model.putObject("card");
        CARD.forEach(heading -> card.put(heading, posted.text(heading)));
    }

    private void upstream(ObjectNode root, ObjectNode op) {
        ObjectNode how = op.putObject("upstream");
        how.put("operationId", posted.text("operationId"));
        text(how, "root", "root");
        ObjectNode http = root.putObject("upstream").putObject("http");
        http.put("baseUrl", posted.text("baseUrl"));
        text(http, "sandboxBaseUrl", "sandboxBaseUrl");
        try {
            JsonNode document = JSON.readTree(posted.text("openapi"));
            http.set("openapi", document == null || document.isMissingNode() ? JSON.createObjectNode() : document);
        } catch (JsonProcessingException broken) {
            http.put("openapi", posted.text("openapi")); // a text is no document, which is said with its place
        }
    }

    private void text(ObjectNode object, String name, String field) {
        if (!posted.text(field).isEmpty()) {
            object.put(name, posted.text(field));
        }
    }

    /** A number as a number; what is none as it was typed, so that it is found wrong and not lost. */
    private void number(ObjectNode object, String name, String field) {
        String text = posted.text(field);
        if (WHOLE.matcher(text).matches()) {
            object.put(name, Integer.parseInt(text));
        } else if (NUMBER.matcher(text).matches()) {
            object.put(name, Double.parseDouble(text));
        } else if (!text.isEmpty()) {
            object.put(name, text);
        }
    }

    private List<String> lines(String field) {
        return posted.text(field).lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    }

    private static List<String> list(String text) {
        return Arrays.stream(text.split("[,,、\\s]+", -1)).filter(each -> !each.isEmpty()).toList();
    }
}
