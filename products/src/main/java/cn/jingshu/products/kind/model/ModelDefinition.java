package cn.jingshu.products.kind.model;

import cn.jingshu.products.kind.Declaration;
import cn.jingshu.products.kind.Declaration.Field;
import cn.jingshu.products.kind.Declaration.Op;
import cn.jingshu.products.kind.Faults;
import cn.jingshu.products.kind.FieldType;
import cn.jingshu.products.kind.Members;
import cn.jingshu.products.statistics.PopulationStability;
import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How a product of kind model is answered.
 *
 * @param modelVersion what the merchant calls this model
 * @param card what it is for, from what it learnt and where it fails, by heading
 * @param metrics how well it does, each on named data
 * @param runs by the names of the operations
 */
public record ModelDefinition(String modelVersion, Map<String, String> card, List<Metric> metrics, Map<String, Run> runs) {
    /** Headings of a card that are needed (Mitchell et al., Model Cards for Model Reporting, FAT* 2019). */
    public static final List<String> HEADINGS = List.of("intendedUse", "trainingData", "evaluationData", "limits", "author", "licence");

    /** Largest file taken. */
    public static final int MAX_BYTES = 4 * 1024 * 1024;

    private static final int FLOAT = 1;
    private static final int LEAST_WORDS = 10;
    private static final Set<String> DOMAINS = Set.of("", "ai.onnx", "ai.onnx.ml");

    public ModelDefinition {
        card = Map.copyOf(card);
        metrics = List.copyOf(metrics);
        runs = Map.copyOf(runs);
    }

    /**
     * One figure.
     *
     * @param dataset on which data it was measured
     */
    public record Metric(String name, double value, String dataset) {}

    /**
     * How one operation runs the model.
     *
     * @param input name of the graph's input
     * @param features parameters in the order of the input's columns
     * @param defaults what stands in for a parameter that was not given
     * @param readings where each column of the answer comes from, by its name
     * @param training how features were distributed in training, by their names; one that is missing is watched against its first cases
     */
    public record Run(Op op, String input, List<Field> features, Map<String, Double> defaults, Map<String, Reading> readings,
            Map<String, PopulationStability> training) {
        public Run {
            training = Map.copyOf(training);
            features = List.copyOf(features);
            defaults = Map.copyOf(defaults);
            readings = Map.copyOf(readings);
        }
    }

    /**
     * Where a column comes from.
     *
     * @param output name of the graph's output
     * @param index of the number in it
     * @param labels what a whole number stands for; empty: nothing, it is the value
     */
    public record Reading(String output, int index, List<String> labels) {
        public Reading {
            labels = List.copyOf(labels);
        }
    }

    /** Reads the model parts of a declaration and looks into the file; what is wrong is noted. */
    public static ModelDefinition read(Declaration declaration, ByteString model, Faults faults) {
        Members members = new Members(declaration.how(), "model", faults);
        String modelVersion = members.text("modelVersion");
        Map<String, String> card = new HashMap<>();
        Members headings = new Members(members.node("card"), "model.card", faults);
        for (String heading : HEADINGS) {
            String text = headings.text(heading);
            faults.require(text.length() >= (heading.equals("author") || heading.equals("licence") ? 2 : LEAST_WORDS), "model.card." + heading,
                    "模型卡须如实填写此项", "the model card says too little here");
            card.put(heading, text);
        }
        headings.end();
        List<Metric> metrics = new ArrayList<>();
        members.items("metrics", (item, at) -> {
            Members metric = new Members(item, at, faults);
            Double value = metric.number("value");
            faults.require(value != null, at + ".value", "不可缺少", "is missing");
            metrics.add(new Metric(metric.text("name"), value == null ? 0 : value, metric.text("dataset")));
            metric.end();
        });
        faults.require(!metrics.isEmpty(), "model.metrics", "须给出评估指标", "no metric is given");
        members.end();
        Map<String, Run> runs = new HashMap<>();
        Optional<OnnxFile> file = file(model, faults);
        for (Op op : declaration.operations()) {
            Run run = run(op, faults);
            runs.put(op.name(), run);
            file.ifPresent(graph -> fit(run, graph, faults));
        }
        return new ModelDefinition(modelVersion, card, metrics, runs);
    }

    private static Optional<OnnxFile> file(ByteString model, Faults faults) {
        if (!faults.require(!model.isEmpty() && model.size() <= MAX_BYTES, "artefact", "须附不超过4MiB的 ONNX 文件", "an ONNX file of at most 4 MiB is needed")) {
            return Optional.empty();
        }
        try {
            OnnxFile file = OnnxFile.read(model);
            file.beyond().stream().distinct().forEach(what -> faults.add("artefact", "模型不得含有:" + what, "a model must not hold " + what));
            file.domains().forEach(domain -> faults.require(DOMAINS.contains(domain), "artefact", "算子集不被允许:" + OnnxFile.shown(domain),
                    "the set of operators " + OnnxFile.shown(domain) + " is not allowed"));
            return Optional.of(file);
        } catch (IllegalArgumentException broken) {
            faults.add("artefact", "不是 ONNX 文件", String.valueOf(broken.getMessage()));
            return Optional.empty();
        }
    }

    private static Run run(Op op, Faults faults) {
        String place = "operations." + op.name() + ".model";
        Members members = new Members(op.how(), place, faults);
        String input = members.text("input");
        List<Field> features = new ArrayList<>();
        for (String name : members.texts("features")) {
            Optional<Field> field = op.parameters().stream().filter(each -> each.name().equals(name)).findFirst();
            if (faults.require(field.isPresent(), place + ".features", "没有参数 " + name, "there is no parameter " + name)) {
                FieldType type = field.get().type();
                faults.require((type.isNumber() || type == FieldType.BOOL) && !field.get().repeated(), place + ".features",
                        name + " 不是数值", name + " is no number");
                boolean bounded = type == FieldType.BOOL || (field.get().minimum() != null && field.get().maximum() != null);
                faults.require(bounded, place + ".features", name + " 须有上下限", name + " needs bounds");
                features.add(field.get());
            }
        }
        faults.require(!features.isEmpty(), place + ".features", "须列出特征", "the features are missing");
        Map<String, Double> defaults = new HashMap<>();
        members.node("defaults").properties().forEach(each -> defaults.put(each.getKey(), each.getValue().asDouble()));
        features.forEach(field -> faults.require(field.required() || defaults.containsKey(field.name()), place + ".defaults",
                field.name() + " 须必填或有缺省值", field.name() + " must be required or have a default"));
        Map<String, Reading> readings = new HashMap<>();
        JsonNode outputs = members.node("outputs");
        for (Field column : op.columns()) {
            Members output = new Members(outputs.path(column.name()), place + ".outputs." + column.name(), faults);
            readings.put(column.name(), new Reading(output.text("name"), output.count("index", 0, 0, 10_000), output.texts("labels")));
            output.end();
            faults.require(!column.repeated() && (column.type().isNumber() || column.type() == FieldType.STRING || column.type() == FieldType.BOOL),
                    place + ".outputs", "列 " + column.name() + " 须为数值或文字", "the column " + column.name() + " must be a number or a text");
        }
        Map<String, PopulationStability> training = training(members.node("training"), features, place + ".training", faults);
        members.end();
        return new Run(op, input, features, defaults, readings, training);
    }

    /** By the names of features: the edges of bins and the share of the training cases in each. */
    private static Map<String, PopulationStability> training(JsonNode node, List<Field> features, String place, Faults faults) {
        Map<String, PopulationStability> training = new HashMap<>();
        node.properties().forEach(each -> {
            String at = place + "." + each.getKey();
            faults.require(features.stream().anyMatch(field -> field.name().equals(each.getKey())), at, "没有特征 " + each.getKey(),
                    "there is no feature " + each.getKey());
            Members distribution = new Members(each.getValue(), at, faults);
            List<Double> edges = numbers(distribution, "edges");
            List<Double> shares = numbers(distribution, "shares");
            distribution.end();
            try {
                training.put(each.getKey(), new PopulationStability(edges, shares));
            } catch (IllegalArgumentException wrong) {
                faults.add(at, "分箱边界须递增,占比须比边界多一个且合计为 1", String.valueOf(wrong.getMessage()));
            }
        });
        return training;
    }

    private static List<Double> numbers(Members members, String name) {
        List<Double> numbers = new ArrayList<>();
        members.items(name, (item, at) -> {
            if (members.faults().require(item.isNumber() && Double.isFinite(item.doubleValue()), at, "应为数值", "a number is expected")) {
                numbers.add(item.doubleValue());
            }
        });
        return numbers;
    }

    private static void fit(Run run, OnnxFile file, Faults faults) {
        String place = "operations." + run.op().name() + ".model";
        OnnxFile.Input input = file.inputs().get(run.input());
        boolean fits = input != null && file.inputs().size() == 1 && input.type() == FLOAT && input.shape().size() == 2
                && (input.shape().getFirst() == -1 || input.shape().getFirst() == 1)
                && (input.shape().getLast() == -1 || input.shape().getLast() == run.features().size());
        if (!faults.require(fits, place + ".input", "模型须只有一个输入:该名称,float,[1, 特征数]", "the model must have one input of that name, of floats, [1, number of features]")) {
            return;
        }
        Map<String, List<Long>> outputs = OnnxShapes.check(file, run.input(), run.features().size(), "artefact", faults);
        run.readings().forEach((column, reading) -> {
            List<Long> shape = outputs.get(reading.output());
            long size = shape == null ? 0 : shape.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
            faults.require(reading.index() < size, place + ".outputs." + column, "模型没有该输出", "the model has no such output");
        });
    }
}
