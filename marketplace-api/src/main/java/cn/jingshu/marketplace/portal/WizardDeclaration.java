package cn.jingshu.marketplace.portal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Makes a declaration of what was said in the steps of the form. Whether it is right is looked at where every declaration is. */
final class WizardDeclaration {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> CARD = List.of("intendedUse", "trainingData", "evaluationData", "limits", "author", "licence");
    /** What the source speaks, and what it says then. */
    static final String SOURCE = "source";
    static final String GRPC = "GRPC";

    /** Operations that are typed already. */
    static final String FINISHED = "finished";

    private static final Set<String> OF_OPERATION = Set.of("operation", "operationZh", "operationEn", "path", "verb", "meter", "personal", "query",
            "keyColumns", "download", "input", "features", "outputs", "operationId", "root");
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
        if (kind == DeclaredKind.UPSTREAM && posted.text(SOURCE).equals(GRPC)) {
            return grpc(root); // what is asked and answered stands in its descriptor set
        }
        ArrayNode operations = root.putArray("operations");
        finished(posted).forEach(operations::add);
        if (operations.isEmpty() || !posted.text("operation").isEmpty()) {
            operations.add(operation(parameters, columns));
        }
        switch (kind) {
            case SQL -> sql(root);
            case MODEL -> model(root);
            case UPSTREAM -> http(root);
        }
        return root;
    }

    /** The operations that were finished before, and the one on the pages behind them: what goes along while the next is typed. */
    static String withOperation(Posted posted, DeclaredKind kind, int parameters, int columns) {
        ArrayNode operations = JSON.createArrayNode();
        finished(posted).forEach(operations::add);
        operations.add(new WizardDeclaration(posted, kind).operation(parameters, columns));
        return operations.toString();
    }

    /** What was finished before, by name. */
    static List<String> namesOf(String finished) {
        return finished(new Posted(Map.of(FINISHED, finished))).stream().map(each -> each.path("name").asText()).toList();
    }

    private static List<JsonNode> finished(Posted posted) {
        String text = posted.text(FINISHED);
        List<JsonNode> all = new ArrayList<>();
        try {
            JsonNode read = JSON.readTree(text.isEmpty() ? "[]" : text);
            read.forEach(all::add);
        } catch (JsonProcessingException broken) {
            all.add(JSON.getNodeFactory().textNode(text)); // no page of ours sends that; it is found wrong and not lost
        }
        return all;
    }

    /** Whether a field is about one operation alone. */
    static boolean isOfOperation(String field) {
        return OF_OPERATION.contains(field) || field.startsWith("parameters-") || field.startsWith("columns-");
    }

    private ObjectNode operation(int parameters, int columns) {
        ObjectNode op = JSON.createObjectNode();
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
            case SQL -> query(op.putObject("sql"));
            case MODEL -> run(op.putObject("model"));
            case UPSTREAM -> {
                ObjectNode how = op.putObject("upstream");
                how.put("operationId", posted.text("operationId"));
                text(how, "root", "root");
            }
        }
        return op;
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

    private void query(ObjectNode how) {
        how.put("query", posted.text("query"));
        ArrayNode key = how.putArray("key");
        list(posted.text("keyColumns")).forEach(key::add);
        how.put("download", posted.text("download").equals("yes"));
    }

    private void sql(ObjectNode root) {
        ObjectNode tables = root.putObject("sql").putObject("tables");
        for (String line : lines("tables")) {
            String[] parts = line.split(":", 2);
            ArrayNode columns = tables.putArray(parts[0].strip());
            list(parts.length == 2 ? parts[1] : "").forEach(columns::add);
        }
    }

    private void run(ObjectNode how) {
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
    }

    private void model(ObjectNode root) {
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

    private ObjectNode grpc(ObjectNode root) {
        ObjectNode grpc = root.putObject("upstream").putObject("grpc");
        grpc.put("target", posted.text("target"));
        text(grpc, "sandboxTarget", "sandboxTarget");
        grpc.put("descriptorSet", posted.text("descriptorSet").replaceAll("\\s+", "")); // base64 breaks its lines
        return root;
    }

    private void http(ObjectNode root) {
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
