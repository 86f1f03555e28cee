package cn.jingshu.products.contract;

import com.google.protobuf.Descriptors.FieldDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP address of a method ({@code google.api.http}, or one of its {@code additional_bindings}).
 *
 * @param verb GET, PUT, POST, DELETE or PATCH
 * @param path the template, {@code /v1/stops/{stop_id}}
 * @param body where the request body goes
 */
public record HttpBinding(String verb, PathTemplate path, Body body) {

    /** Where the request body goes. */
    public sealed interface Body {
        /** There is none; every field not in the path is a query parameter. */
        record None() implements Body {}

        /** The body is the request message; there are no query parameters. */
        record Whole() implements Body {}

        /** The body is one field of the request message; the others are query parameters. */
        record One(FieldDescriptor field) implements Body {}
    }

    /** The field the body fills; null: all of them, or none. */
    @Nullable FieldDescriptor bodyField() {
        return body instanceof Body.One(var field) ? field : null;
    }

    /** Whether the template begins with a prefix that ends in a slash, {@code /v1/echo/}, and has something behind it. */
    public boolean startsWith(String prefix) {
        return (path.openApi() + "/").startsWith(prefix);
    }

    /** True: the address takes a body. */
    public boolean takesBody() {
        return !(body instanceof Body.None);
    }
}
