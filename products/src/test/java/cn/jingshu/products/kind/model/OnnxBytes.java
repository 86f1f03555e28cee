package cn.jingshu.products.kind.model;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Writes small models in the ONNX format, field by field, so that no file of anybody's is kept for tests. */
public final class OnnxBytes {
    private final List<ByteString> graph = new ArrayList<>();
    private final List<ByteString> model = new ArrayList<>();

    /** Writes one message. */
    @FunctionalInterface
    interface Writing {
        void to(CodedOutputStream out) throws IOException;
    }

    static ByteString message(Writing writing) {
        ByteString.Output bytes = ByteString.newOutput();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            writing.to(out);
            out.flush();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteString();
    }

    /** A node with an attribute that is a whole number, or none where the name is empty. */
    OnnxBytes node(String operator, String domain, List<String> inputs, List<String> outputs, String attribute, long value) {
        graph.add(message(out -> out.writeBytes(1, message(node -> {
            for (String input : inputs) {
                node.writeString(1, input);
            }
            for (String output : outputs) {
                node.writeString(2, output);
            }
            node.writeString(4, operator);
            node.writeString(7, domain);
            if (!attribute.isEmpty()) {
                node.writeBytes(5, message(at -> {
                    at.writeString(1, attribute);
                    at.writeInt64(3, value);
                    at.writeInt32(20, 2);
                }));
            }
        }))));
        return this;
    }

    OnnxBytes node(String operator, List<String> inputs, String output) {
        return node(operator, "", inputs, List.of(output), "", 0);
    }

    OnnxBytes constant(String name, List<Integer> dims, float... values) {
        ByteBuffer raw = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            raw.putFloat(value);
        }
        graph.add(message(out -> out.writeBytes(5, message(tensor -> {
            for (int dim : dims) {
                tensor.writeInt64(1, dim);
            }
            tensor.writeInt32(2, 1);
            tensor.writeString(8, name);
            tensor.writeByteArray(9, raw.array());
        }))));
        return this;
    }

    OnnxBytes value(int field, String name, int type, long... dims) {
        graph.add(message(out -> out.writeBytes(field, message(value -> {
            value.writeString(1, name);
            value.writeBytes(2, message(kind -> kind.writeBytes(1, message(tensor -> {
                tensor.writeInt32(1, type);
                tensor.writeBytes(2, message(shape -> {
                    for (long dim : dims) {
                        shape.writeBytes(1, message(one -> one.writeInt64(1, dim)));
                    }
                }));
            }))));
        }))));
        return this;
    }

    /** Any further field of the graph or the model. */
    OnnxBytes also(boolean inGraph, ByteString field) {
        (inGraph ? graph : model).add(field);
        return this;
    }

    ByteString build() {
        return message(out -> {
            out.writeInt64(1, 8);
            out.writeBytes(8, message(set -> {
                set.writeString(1, "");
                set.writeInt64(2, 17);
            }));
            out.writeBytes(8, message(set -> {
                set.writeString(1, "ai.onnx.ml");
                set.writeInt64(2, 3);
            }));
            out.writeBytes(7, message(whole -> {
                whole.writeString(2, "graph");
                for (ByteString part : graph) {
                    whole.writeRawBytes(part);
                }
            }));
            for (ByteString part : model) {
                out.writeRawBytes(part);
            }
        });
    }

    /** A logistic regression of two features: p = 1 / (1 + exp(-(0.5 a - 0.25 b + 0.1))), and whether p exceeds a half. */
    public static OnnxBytes logistic() {
        return new OnnxBytes()
                .constant("w", List.of(2, 1), 0.5f, -0.25f)
                .constant("b", List.of(1), 0.1f)
                .constant("half", List.of(1), 0.5f)
                .node("MatMul", List.of("x", "w"), "xw")
                .node("Add", List.of("xw", "b"), "z")
                .node("Sigmoid", List.of("z"), "p")
                .node("Greater", List.of("p", "half"), "over")
                .node("Cast", "", List.of("over"), List.of("label"), "to", 7)
                .value(11, "x", 1, 1, 2)
                .value(12, "p", 1, 1, 1)
                .value(12, "label", 7, 1, 1);
    }
}
