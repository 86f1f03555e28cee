package cn.jingshu.products.kind.model;

import cn.jingshu.products.kind.Faults;
import cn.jingshu.products.kind.model.OnnxFile.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Computes the shape of everything a graph computes from the shape of one row of features, for the operators that are allowed. So the
 * memory a run takes is known before it runs: an operator whose result cannot be reckoned, or is too large, is refused. Loops,
 * branches and whatever makes tensors of a size that is computed are not among the operators.
 *
 * @see "https://onnx.ai/onnx/operators/: Operators of ai.onnx and ai.onnx.ml"
 */
final class OnnxShapes {
    private static final long MOST_ELEMENTS = 1_000_000;
    private static final int MOST_NODES = 2_000;

    /** Operators of the default domain, and of {@code ai.onnx.ml}, whose result has the shape of the first input. */
    private static final Set<String> SAME = Set.of("Identity", "Cast", "Relu", "LeakyRelu", "Elu", "Selu", "Sigmoid", "HardSigmoid", "Tanh", "Softmax",
            "LogSoftmax", "Softplus", "Softsign", "Exp", "Log", "Neg", "Abs", "Sqrt", "Reciprocal", "Floor", "Ceil", "Round", "Erf", "Not", "Sign", "Clip",
            "Gelu", "BatchNormalization", "LayerNormalization", "IsNaN");
    private static final Set<String> SAME_ML = Set.of("Scaler", "Normalizer", "Imputer", "Binarizer");
    private static final Set<String> BROADCAST = Set.of("Add", "Sub", "Mul", "Div", "Pow", "Max", "Min", "Mean", "Sum", "Less", "LessOrEqual", "Greater",
            "GreaterOrEqual", "Equal", "And", "Or", "Xor", "Where");

    private final OnnxFile file;
    private final Faults faults;
    private final String place;
    private final Map<String, List<Long>> shapes = new HashMap<>();

    private OnnxShapes(OnnxFile file, String place, Faults faults) {
        this.file = file;
        this.place = place;
        this.faults = faults;
        shapes.putAll(file.constants());
    }

    /** A graph cannot be reckoned; says why. */
    private static final class Unknown extends Exception {
        private static final long serialVersionUID = 1L;

        Unknown(String why) {
            super(why, null, false, false);
        }
    }

    /** Notes what is wrong with a graph that is given {@code features} numbers; the shapes of its outputs, as far as they are known. */
    static Map<String, List<Long>> check(OnnxFile file, String input, int features, String place, Faults faults) {
        OnnxShapes shapes = new OnnxShapes(file, place, faults);
        shapes.shapes.put(input, List.of(1L, (long) features));
        shapes.run();
        Map<String, List<Long>> outputs = new HashMap<>();
        file.outputs().forEach(name -> {
            List<Long> shape = shapes.shapes.get(name);
            if (shape != null) {
                outputs.put(name, shape);
            }
        });
        return outputs;
    }

    private void run() {
        faults.require(file.nodes().size() <= MOST_NODES, place, "模型节点过多", "has more than " + MOST_NODES + " nodes");
        for (List<Long> constant : file.constants().values()) {
            if (elements(constant) > MOST_ELEMENTS) {
                faults.add(place, "常量过大", "holds a constant of more than " + MOST_ELEMENTS + " numbers");
                return;
            }
        }
        for (Node node : file.nodes()) {
            try {
                List<List<Long>> made = made(node);
                for (int i = 0; i < node.outputs().size() && i < made.size(); i++) {
                    if (elements(made.get(i)) > MOST_ELEMENTS) {
                        throw new Unknown("makes more than " + MOST_ELEMENTS + " numbers");
                    }
                    shapes.put(node.outputs().get(i), made.get(i));
                }
            } catch (Unknown unknown) {
                String name = OnnxFile.shown((node.domain().isEmpty() ? "" : node.domain() + ".") + node.operator());
                faults.add(place, "算子 " + name + " 不被允许或无法核算:" + unknown.getMessage(), "the operator " + name + " " + unknown.getMessage());
                return;
            }
        }
    }

    private static long elements(List<Long> shape) {
        long elements = 1;
        for (long dimension : shape) {
            if (dimension < 0 || dimension > MOST_ELEMENTS) {
                return Long.MAX_VALUE;
            }
            elements = Math.multiplyExact(elements, Math.max(dimension, 1));
            if (elements > MOST_ELEMENTS) {
                return Long.MAX_VALUE;
            }
        }
        return elements;
    }

    private List<Long> in(Node node, int index) throws Unknown {
        if (index >= node.inputs().size()) {
            throw new Unknown("lacks an input");
        }
        List<Long> shape = shapes.get(node.inputs().get(index));
        if (shape == null) {
            throw new Unknown("takes what is not computed before it");
        }
        return shape;
    }

    /** The shapes of what a node makes. */
    private List<List<Long>> made(Node node) throws Unknown {
        boolean ml = node.domain().equals("ai.onnx.ml");
        if (!ml && !node.domain().isEmpty()) {
            throw new Unknown("is of a set of operators that is not allowed");
        }
        if (ml ? SAME_ML.contains(node.operator()) : SAME.contains(node.operator())) {
            return List.of(in(node, 0));
        }
        if (!ml && BROADCAST.contains(node.operator())) {
            List<Long> shape = List.of();
            for (int i = 0; i < node.inputs().size(); i++) {
                shape = broadcast(shape, in(node, i));
            }
            return List.of(shape);
        }
        return ml ? learned(node) : List.of(arranged(node));
    }

    private List<List<Long>> learned(Node node) throws Unknown {
        List<Long> input = in(node, 0);
        if (input.size() != 2) {
            throw new Unknown("takes something else than rows of features");
        }
        long rows = input.getFirst();
        return switch (node.operator()) {
            case "LinearRegressor" -> List.of(List.of(rows, node.whole().getOrDefault("targets", 1L)));
            case "TreeEnsembleRegressor" -> List.of(List.of(rows, node.whole().getOrDefault("n_targets", 1L)));
            case "LinearClassifier", "TreeEnsembleClassifier", "SVMClassifier" -> {
                long classes = Stream.of("classlabels_ints", "classlabels_int64s", "classlabels_strings", "intercepts")
                        .mapToLong(name -> node.lengths().getOrDefault(name, 0)).max().orElse(0);
                yield List.of(List.of(rows), List.of(rows, Math.max(classes, 2)));
            }
            default -> throw new Unknown("is not allowed");
        };
    }

    private List<Long> arranged(Node node) throws Unknown {
        return switch (node.operator()) {
            case "MatMul" -> product(in(node, 0), in(node, 1));
            case "Gemm" -> {
                List<Long> a = in(node, 0);
                List<Long> b = in(node, 1);
                yield product(node.whole().getOrDefault("transA", 0L) == 0 ? a : a.reversed(), node.whole().getOrDefault("transB", 0L) == 0 ? b : b.reversed());
            }
            case "Concat" -> {
                List<Long> shape = new ArrayList<>(in(node, 0));
                int axis = axis(node, shape.size(), 0);
                for (int i = 1; i < node.inputs().size(); i++) {
                    shape.set(axis, shape.get(axis) + in(node, i).get(axis));
                }
                yield shape;
            }
            case "Flatten" -> {
                List<Long> shape = in(node, 0);
                int axis = axis(node, shape.size() + 1, 1);
                yield List.of(elements(shape.subList(0, axis)), elements(shape.subList(axis, shape.size())));
            }
            case "ArgMax", "ArgMin" -> {
                List<Long> shape = new ArrayList<>(in(node, 0));
                int axis = axis(node, shape.size(), 0);
                if (node.whole().getOrDefault("keepdims", 1L) == 0) {
                    shape.remove(axis);
                } else {
                    shape.set(axis, 1L);
                }
                yield shape;
            }
            case "Reshape" -> reshaped(in(node, 0), node);
            default -> throw new Unknown("is not allowed");
        };
    }

    private static int axis(Node node, int dimensions, long usual) throws Unknown {
        long axis = node.whole().getOrDefault("axis", usual);
        long from = axis < 0 ? axis + dimensions : axis;
        if (from < 0 || from >= dimensions) {
            throw new Unknown("has an axis that is not there");
        }
        return (int) from;
    }

    private static List<Long> product(List<Long> a, List<Long> b) throws Unknown {
        if (a.size() != 2 || b.size() != 2 || !a.get(1).equals(b.get(0))) {
            throw new Unknown("multiplies what does not fit");
        }
        return List.of(a.get(0), b.get(1));
    }

    private List<Long> reshaped(List<Long> shape, Node node) throws Unknown {
        List<Long> wanted = node.inputs().size() < 2 ? null : file.integers().get(node.inputs().get(1));
        if (wanted == null) {
            throw new Unknown("takes a shape that is computed");
        }
        List<Long> made = new ArrayList<>();
        for (int i = 0; i < wanted.size(); i++) {
            made.add(wanted.get(i) == 0 && i < shape.size() ? shape.get(i) : wanted.get(i));
        }
        int open = made.indexOf(-1L);
        if (open >= 0) {
            made.set(open, 1L);
            long rest = elements(made);
            long all = elements(shape);
            made.set(open, rest == Long.MAX_VALUE ? all : all / rest);
        }
        return made;
    }

    private static List<Long> broadcast(List<Long> one, List<Long> other) throws Unknown {
        int size = Math.max(one.size(), other.size());
        List<Long> shape = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            long a = i < size - one.size() ? 1 : one.get(i - (size - one.size()));
            long b = i < size - other.size() ? 1 : other.get(i - (size - other.size()));
            if (a != b && a != 1 && b != 1) {
                throw new Unknown("joins what does not fit");
            }
            shape.add(Math.max(a, b));
        }
        return shape;
    }
}
