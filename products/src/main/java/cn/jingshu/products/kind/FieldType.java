package cn.jingshu.products.kind;

import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;

/** What a declared field holds, and as what it stands in the contract. */
public enum FieldType {
    STRING(Type.TYPE_STRING),
    BOOL(Type.TYPE_BOOL),
    INT32(Type.TYPE_INT32),
    INT64(Type.TYPE_INT64),
    DOUBLE(Type.TYPE_DOUBLE),
    /** A decimal of any length, exact: in the contract a string such as {@code 12.50}. */
    DECIMAL(Type.TYPE_STRING),
    /** A day: in the contract a string such as {@code 2026-11-30}. */
    DATE(Type.TYPE_STRING),
    /** A moment: {@code google.protobuf.Timestamp}. */
    TIMESTAMP(Type.TYPE_MESSAGE),
    /** A message of the declaration's own, named by {@code message}. */
    MESSAGE(Type.TYPE_MESSAGE);

    private final Type proto;

    FieldType(Type proto) {
        this.proto = proto;
    }

    Type proto() {
        return proto;
    }

    /** Whether it can have a least and a greatest value. */
    public boolean isNumber() {
        return this == INT32 || this == INT64 || this == DOUBLE;
    }
}
