package cn.jingshu.products.kind.model;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a file in the ONNX format says of its graph, as far as it is looked at before it is run. The file is protobuf; only fields
 * that matter are read, whatever else stands in it is passed over, and what could reach outside of the file is noted.
 *
 * @param domains sets of operators it uses, by name
 * @param nodes what is computed, in order
 * @param constants shapes of the tensors that lie in the file, by name
 * @param integers the values of those constants that are short lists of whole numbers
 * @param inputs shapes and types of what goes in, constants left out; a dimension of -1 is open
 * @param outputs names of what comes out
 * @param beyond what the file holds that is not looked into: functions, subgraphs, data outside of it; empty: nothing
 * @see "https://github.com/onnx/onnx/blob/v1.19.1/onnx/onnx.proto (Apache License 2.0): field numbers"
 */
record OnnxFile(List<String> domains, List<Node> nodes, Map<String, List<Long>> constants, Map<String, List<Long>> integers,
        Map<String, Input> inputs, List<String> outputs, List<String> beyond) {
    private static final int MAX_DEPTH_INTEGERS = 16;
    private static final int INT64 = 7;

    OnnxFile {
        domains = List.copyOf(domains);
        nodes = List.copyOf(nodes);
        constants = Map.copyOf(constants);
        integers = Map.copyOf(integers);
        inputs = Map.copyOf(inputs);
        outputs = List.copyOf(outputs);
        beyond = List.copyOf(beyond);
    }

    /**
     * What goes in.
     *
     * @param type number of {@code TensorProto.DataType}: 1 float, 11 double, 7 int64
     */
    record Input(int type, List<Long> shape) {
        Input {
            shape = List.copyOf(shape);
        }
    }

    /**
     * One operation.
     *
     * @param whole attributes that are whole numbers
     * @param lengths of attributes that are lists, how many they hold
     */
    record Node(String operator, String domain, List<String> inputs, List<String> outputs, Map<String, Long> whole, Map<String, Integer> lengths) {
        Node {
            inputs = List.copyOf(inputs);
            outputs = List.copyOf(outputs);
            whole = Map.copyOf(whole);
            lengths = Map.copyOf(lengths);
        }
    }

    /** @throws IllegalArgumentException if the bytes are no such file */
    static OnnxFile read(ByteString bytes) {
        Reading reading = new Reading();
        try {
            reading.model(bytes.newCodedInput());
        } catch (IOException | IndexOutOfBoundsException broken) {
            throw new IllegalArgumentException("is no file in the ONNX format", broken);
        }
        if (!reading.hasGraph) {
            throw new IllegalArgumentException("holds no graph", null);
        }
        reading.inputs.keySet().removeAll(reading.constants.keySet());
        return new OnnxFile(reading.domains, reading.nodes, reading.constants, reading.integers, reading.inputs, reading.outputs, reading.beyond);
    }

    /** What is done with one field, named by its tag; false: it is passed over. */
    @FunctionalInterface
    private interface Taking {
        boolean take(int tag, CodedInputStream in) throws IOException;
    }

    private static void message(CodedInputStream in, Taking taking) throws IOException {
        int limit = in.pushLimit(in.readRawVarint32());
        fields(in, taking);
        in.popLimit(limit);
    }

    private static void fields(CodedInputStream in, Taking taking) throws IOException {
        while (!in.isAtEnd()) {
            int tag = in.readTag();
            if (!taking.take(tag, in) && !in.skipField(tag)) {
                throw new InvalidProtocolBufferException("an end of a group that did not begin");
            }
        }
    }

    /** A field that holds bytes, text or a message. */
    private static int bytes(int number) {
        return (number << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    }

    private static int varint(int number) {
        return (number << 3) | WireFormat.WIRETYPE_VARINT;
    }

    private static final class Reading {
        private final List<String> domains = new ArrayList<>();
        private final List<Node> nodes = new ArrayList<>();
        private final Map<String, List<Long>> constants = new HashMap<>();
        private final Map<String, List<Long>> integers = new HashMap<>();
        private final Map<String, Input> inputs = new HashMap<>();
        private final List<String> outputs = new ArrayList<>();
        private final List<String> beyond = new ArrayList<>();
        private boolean hasGraph;

        private void model(CodedInputStream in) throws IOException {
            fields(in, (field, at) -> {
                if (field == bytes(7)) {
                    hasGraph = true;
                    message(at, this::graph);
                } else if (field == bytes(8)) {
                    List<String> domain = new ArrayList<>();
                    message(at, (inner, set) -> inner == bytes(1) && domain.add(set.readString()));
                    domains.add(domain.isEmpty() ? "" : domain.getFirst());
                } else if (field == bytes(25)) {
                    beyond.add("functions of its own");
                    return false;
                } else if (field == bytes(20)) {
                    beyond.add("training information");
                    return false;
                } else {
                    return false;
                }
                return true;
            });
        }

        private boolean graph(int field, CodedInputStream in) throws IOException {
            if (field == bytes(1)) {
                node(in);
            } else if (field == bytes(5)) {
                tensor(in);
            } else if (field == bytes(11)) {
                input(in);
            } else if (field == bytes(12)) {
                message(in, (inner, at) -> inner == bytes(1) && outputs.add(at.readString()));
            } else if (field == bytes(15)) {
                beyond.add("sparse constants");
                return false;
            } else {
                return false;
            }
            return true;
        }

        private void node(CodedInputStream in) throws IOException {
            List<String> ins = new ArrayList<>();
            List<String> outs = new ArrayList<>();
            String[] names = {"", ""};
            Map<String, Long> whole = new HashMap<>();
            Map<String, Integer> lengths = new HashMap<>();
            message(in, (field, at) -> {
                if (field == bytes(1)) {
                    return ins.add(at.readString());
                } else if (field == bytes(2)) {
                    return outs.add(at.readString());
                } else if (field == bytes(4)) {
                    names[0] = at.readString();
                } else if (field == bytes(7)) {
                    names[1] = at.readString();
                } else if (field == bytes(5)) {
                    attribute(at, whole, lengths);
                } else {
                    return false;
                }
                return true;
            });
            nodes.add(new Node(names[0], names[1].equals("ai.onnx") ? "" : names[1], ins, outs, whole, lengths));
        }

        private void attribute(CodedInputStream in, Map<String, Long> whole, Map<String, Integer> lengths) throws IOException {
            String[] name = {""};
            long[] number = {0};
            boolean[] isWhole = {false};
            int[] items = {0};
            message(in, (field, at) -> {
                if (field == bytes(1)) {
                    name[0] = at.readString();
                } else if (field == varint(3)) {
                    number[0] = at.readInt64();
                    isWhole[0] = true;
                } else if (field == bytes(6) || field == bytes(11)) {
                    beyond.add("subgraphs");
                    return false;
                } else if (field == bytes(7)) { // floats, packed
                    int length = at.readRawVarint32();
                    at.skipRawBytes(length);
                    items[0] += length / Float.BYTES;
                } else if (field == ((7 << 3) | WireFormat.WIRETYPE_FIXED32)) {
                    at.readFloat();
                    items[0]++;
                } else if (field == varint(8)) {
                    at.readInt64();
                    items[0]++;
                } else if (field == bytes(8)) {
                    int limit = at.pushLimit(at.readRawVarint32());
                    while (!at.isAtEnd()) {
                        at.readInt64();
                        items[0]++;
                    }
                    at.popLimit(limit);
                } else if (field == bytes(9)) {
                    at.readBytes();
                    items[0]++;
                } else if (field == bytes(5) || field == bytes(10)) {
                    beyond.add("tensors in attributes");
                    return false;
                } else {
                    return false;
                }
                return true;
            });
            if (isWhole[0]) {
                whole.put(name[0], number[0]);
            }
            lengths.put(name[0], items[0]);
        }

        private void tensor(CodedInputStream in) throws IOException {
            List<Long> dims = new ArrayList<>();
            List<Long> values = new ArrayList<>();
            String[] name = {""};
            int[] type = {0};
            ByteString[] raw = {ByteString.EMPTY};
            message(in, (field, at) -> {
                if (field == varint(1)) {
                    return dims.add(at.readInt64());
                } else if (field == bytes(1)) {
                    int limit = at.pushLimit(at.readRawVarint32());
                    while (!at.isAtEnd()) {
                        dims.add(at.readInt64());
                    }
                    at.popLimit(limit);
                } else if (field == varint(2)) {
                    type[0] = at.readInt32();
                } else if (field == bytes(7)) {
                    int limit = at.pushLimit(at.readRawVarint32());
                    while (!at.isAtEnd()) {
                        values.add(at.readInt64());
                    }
                    at.popLimit(limit);
                } else if (field == bytes(8)) {
                    name[0] = at.readString();
                } else if (field == bytes(9)) {
                    raw[0] = at.readBytes();
                } else if (field == bytes(13) || field == varint(14)) {
                    beyond.add("data outside of the file");
                    return false;
                } else {
                    return false;
                }
                return true;
            });
            constants.put(name[0], dims);
            if (type[0] == INT64 && raw[0].size() <= MAX_DEPTH_INTEGERS * Long.BYTES && values.size() <= MAX_DEPTH_INTEGERS) {
                ByteBuffer little = raw[0].asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
                while (little.remaining() >= Long.BYTES) {
                    values.add(little.getLong());
                }
                integers.put(name[0], List.copyOf(values));
            }
        }

        private void input(CodedInputStream in) throws IOException {
            String[] name = {""};
            int[] type = {0};
            List<Long> shape = new ArrayList<>();
            message(in, (field, at) -> {
                if (field == bytes(1)) {
                    name[0] = at.readString();
                    return true;
                } else if (field != bytes(2)) {
                    return false;
                }
                message(at, (kind, tensor) -> {
                    if (kind != bytes(1)) {
                        return false; // a sequence or a map, which has no shape and so fits nothing
                    }
                    message(tensor, (part, of) -> {
                        if (part == varint(1)) {
                            type[0] = of.readInt32();
                            return true;
                        }
                        if (part != bytes(2)) {
                            return false;
                        }
                        message(of, (dimension, one) -> dimension == bytes(1) && shape.add(dimension(one)));
                        return true;
                    });
                    return true;
                });
                return true;
            });
            inputs.put(name[0], new Input(type[0], shape));
        }

        private static long dimension(CodedInputStream in) throws IOException {
            long[] size = {-1};
            message(in, (field, at) -> {
                if (field == varint(1)) {
                    size[0] = at.readInt64();
                    return true;
                }
                return false;
            });
            return size[0];
        }
    }

    /** The shape of a constant; null: there is none of that name. */
    @Nullable List<Long> constant(String name) {
        return constants.get(name);
    }

    /** Only for messages of faults: a name as it stands in the file, cut to what one reads. */
    static String shown(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        return bytes.length <= 60 ? name : name.substring(0, 20) + "…";
    }
}
