package cn.jingshu.products.contract;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import java.util.function.BiFunction;

/** Answers put together from the examples of a contract's fields: what a sandbox says that has no data behind it. */
public final class ExampleAnswers {
    private ExampleAnswers() {}

    /**
     * The example of an answer; fields without an example are left as they are by default.
     *
     * @throws IllegalArgumentException if the method answers bytes, of which the contract gives no example
     */
    public static Message of(ContractMethod method) {
        return answer(method, Examples::ofMessage);
    }

    /** The example of an answer where a person has to look; as {@link #of} where the contract gives none. @throws IllegalArgumentException likewise */
    public static Message whereReferred(ContractMethod method) {
        return answer(method, Examples::whereReferred);
    }

    /** Whether the contract gives an example of its own for where a person has to look. @throws IllegalArgumentException likewise */
    public static boolean tellsReferred(ContractMethod method) {
        return !whereReferred(method).equals(of(method));
    }

    private static Message answer(ContractMethod method, BiFunction<ContractMethod, Descriptor, Json.Obj> examples) {
        if (method.answersBytes()) {
            throw new IllegalArgumentException(method + " answers bytes, of which a contract gives no example");
        }
        Descriptor type = method.response();
        DynamicMessage.Builder answer = DynamicMessage.newBuilder(type);
        try {
            JsonFormat.parser().merge(examples.apply(method, type).pretty(), answer);
        } catch (InvalidProtocolBufferException checked) {
            throw new IllegalStateException("the examples of " + method + " got past the check of its contract", checked);
        }
        return answer.build();
    }
}
