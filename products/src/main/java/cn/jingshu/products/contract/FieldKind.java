package cn.jingshu.products.contract;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;

/** How a field, or one item of it, is written in JSON. */
enum FieldKind {
    SCALAR,
    /** A message of a contract: a JSON object. */
    MESSAGE,
    /** An RFC 3339 moment in a string. */
    TIMESTAMP,
    /** Seconds with an s behind them in a string. */
    DURATION,
    /** Paths in lowerCamelCase, joined by commas, in a string. */
    FIELD_MASK,
    /** A scalar that may be absent: as the scalar itself. */
    WRAPPER,
    /** Bytes and their content type; passed through as they are, and only as a whole answer. */
    HTTP_BODY,
    /** Anything at all, so no contract. */
    FREE_FORM;

    static FieldKind of(FieldDescriptor field) {
        return field.getJavaType() == JavaType.MESSAGE ? of(field.getMessageType()) : SCALAR;
    }

    static FieldKind of(Descriptor message) {
        return switch (message.getFullName()) {
            case "google.protobuf.Timestamp" -> TIMESTAMP;
            case "google.protobuf.Duration" -> DURATION;
            case "google.protobuf.FieldMask" -> FIELD_MASK;
            case "google.protobuf.DoubleValue",
                    "google.protobuf.FloatValue",
                    "google.protobuf.Int64Value",
                    "google.protobuf.UInt64Value",
                    "google.protobuf.Int32Value",
                    "google.protobuf.UInt32Value",
                    "google.protobuf.BoolValue",
                    "google.protobuf.StringValue",
                    "google.protobuf.BytesValue" ->
                WRAPPER;
            case "google.api.HttpBody" -> HTTP_BODY;
            case "google.protobuf.Any",
                    "google.protobuf.Struct",
                    "google.protobuf.Value",
                    "google.protobuf.ListValue" ->
                FREE_FORM;
            default -> MESSAGE;
        };
    }
}
