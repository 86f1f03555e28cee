package cn.jingshu.marketplace.scenario;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/** A model small enough to be written by hand. */
public final class Sigmoid {
    private Sigmoid() {}

    /** p = 1 / (1 + exp(-a)), written field by field: see onnx.proto for the numbers. */
    public static byte[] onnx() {
        ByteString shape = message(out -> {
            out.writeBytes(1, message(dim -> dim.writeInt64(1, 1)));
            out.writeBytes(1, message(dim -> dim.writeInt64(1, 1)));
        });
        ByteString type = message(out -> out.writeBytes(1, message(tensor -> {
            tensor.writeInt32(1, 1);
            tensor.writeBytes(2, shape);
        })));
        ByteString model = message(out -> {
            out.writeInt64(1, 8);
            out.writeBytes(8, message(set -> set.writeInt64(2, 17)));
            out.writeBytes(7, message(graph -> {
                graph.writeBytes(1, message(one -> {
                    one.writeString(1, "x");
                    one.writeString(2, "p");
                    one.writeString(4, "Sigmoid");
                }));
                graph.writeString(2, "graph");
                for (Map.Entry<Integer, String> end : Map.of(11, "x", 12, "p").entrySet()) {
                    graph.writeBytes(end.getKey(), message(value -> {
                        value.writeString(1, end.getValue());
                        value.writeBytes(2, type);
                    }));
                }
            }));
        });
        return model.toByteArray();
    }

    /** Writes one message. */
    @FunctionalInterface
    private interface Writing {
        void to(CodedOutputStream out) throws IOException;
    }

    private static ByteString message(Writing writing) {
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
}
