package cn.jingshu.products.contract;

import cn.jingshu.products.contract.FieldValues.Reading;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Message;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Builds one request message from the path, the query and the body of an HTTP call, noting all that is wrong. */
final class RequestReader {
    /** Most names in a dotted query parameter: a recursive message must not become a staircase. */
    private static final int MAX_QUERY_DEPTH = 8;

    private final ContractMethod method;
    private final Violations violations;

    /** Canonical paths of the fields that the query gave. */
    private final Set<String> given = new HashSet<>();

    RequestReader(ContractMethod method, Violations violations) {
        this.method = method;
        this.violations = violations;
    }

    Message read(HttpBinding binding, Map<String, String> pathVariables, String rawQuery, byte[] body) {
        Message.Builder builder = method.requestPrototype().newBuilderForType();
        readBody(binding, body, builder);
        readQuery(binding, rawQuery, builder);
        pathVariables.forEach((field, value) -> readText(builder, PathTemplate.jsonPath(field), value, true));
        return builder.build();
    }

    private void readBody(HttpBinding binding, byte[] body, Message.Builder builder) {
        if (!binding.takesBody()) {
            if (body.length > 0) {
                violations.add("", "此操作不接受请求体", "this operation takes no body");
            }
            return;
        }
        Json json;
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
            json = JsonText.parse(text);
        } catch (CharacterCodingException _) {
            violations.add("", "请求体不是有效的 UTF-8", "the body is not valid UTF-8");
            return;
        } catch (JsonText.MalformedJsonException e) {
            violations.add("", "请求体不是有效的 JSON,第" + e.zh().substring(1), "the body is not valid JSON: " + e.en());
            return;
        }
        FieldDescriptor field = binding.bodyField();
        if (field != null) {
            setField(builder, field, json, field.getJsonName());
        } else if (json instanceof Json.Obj object) {
            readObject(object, builder, "");
        } else {
            violations.add("", "请求体应为 JSON 对象", "the body must be a JSON object");
        }
    }

    private void readObject(Json.Obj object, Message.Builder builder, String path) {
        MessageFacts facts = method.facts(builder.getDescriptorForType());
        Set<FieldDescriptor> seen = new HashSet<>();
        object.members().forEach((name, value) -> {
            String at = path.isEmpty() ? name : path + "." + name;
            FieldFacts field = facts.find(name);
            if (field == null) {
                violations.add(at, "没有此字段", "there is no such field");
            } else if (!seen.add(field.field())) {
                violations.add(at, "此字段重复出现", "this field stands twice");
            } else if (!(value instanceof Json.Null)) { // null: not given (ProtoJSON)
                setField(builder, field.field(), value, at);
            }
        });
    }

    private void setField(Message.Builder builder, FieldDescriptor field, Json value, String path) {
        if (field.isMapField()) {
            readMap(builder, field, value, path);
        } else if (field.isRepeated()) {
            readList(builder, field, value, path);
        } else if (isFreeOneof(builder, field, path)) {
            Object read = item(builder, field, value, path);
            if (read != null) {
                builder.setField(field, read);
            }
        }
    }

    private boolean isFreeOneof(Message.Builder builder, FieldDescriptor field, String path) {
        OneofDescriptor oneof = field.getRealContainingOneof();
        if (oneof == null || !builder.hasOneof(oneof)) {
            return true;
        }
        String other = builder.getOneofFieldDescriptor(oneof).getJsonName();
        violations.add(path, "不能与 " + other + " 同时给出", "cannot be given together with " + other);
        return false;
    }

    private void readList(Message.Builder builder, FieldDescriptor field, Json value, String path) {
        if (!(value instanceof Json.Arr(var items))) {
            violations.add(path, "应为 JSON 数组", "a JSON array is expected");
            return;
        }
        for (int i = 0; i < items.size(); i++) {
            Object read = item(builder, field, items.get(i), path + "[" + i + "]");
            if (read != null) {
                builder.addRepeatedField(field, read);
            }
        }
    }

    private void readMap(Message.Builder builder, FieldDescriptor field, Json value, String path) {
        if (!(value instanceof Json.Obj(var members))) {
            violations.add(path, "应为 JSON 对象", "a JSON object is expected");
            return;
        }
        FieldDescriptor keyField = field.getMessageType().findFieldByNumber(1);
        FieldDescriptor valueField = field.getMessageType().findFieldByNumber(2);
        Set<Object> keys = new HashSet<>();
        members.forEach((name, member) -> {
            String at = path + "[\"" + name + "\"]";
            Message.Builder entry = builder.newBuilderForField(field);
            switch (FieldValues.fromText(keyField, () -> entry, name)) {
                case Reading.Bad bad -> violations.add(at, bad);
                case Reading.Good(var key) -> {
                    Object read = item(entry, valueField, member, at);
                    if (!keys.add(key)) {
                        violations.add(at, "此键重复出现", "this key stands twice");
                    } else if (read != null) {
                        builder.addRepeatedField(
                                field, entry.setField(keyField, key).setField(valueField, read).build());
                    }
                }
            }
        });
    }

    /** One value of a field; null: it is wrong, and noted. */
    private @Nullable Object item(Message.Builder parent, FieldDescriptor field, Json value, String path) {
        if (FieldKind.of(field) == FieldKind.MESSAGE && value instanceof Json.Obj object) {
            Message.Builder inner = parent.newBuilderForField(field);
            readObject(object, inner, path);
            return inner.build();
        }
        return noted(FieldValues.fromJson(field, () -> parent.newBuilderForField(field), value), path);
    }

    private @Nullable Object noted(Reading reading, String path) {
        return switch (reading) {
            case Reading.Good(var value) -> value;
            case Reading.Bad bad -> {
                violations.add(path, bad);
                yield null;
            }
        };
    }

    private void readQuery(HttpBinding binding, String rawQuery, Message.Builder builder) {
        int start = 0;
        while (start < rawQuery.length()) {
            int end = rawQuery.indexOf('&', start);
            end = end < 0 ? rawQuery.length() : end;
            if (end > start) {
                int equals = rawQuery.indexOf('=', start);
                boolean hasValue = equals >= 0 && equals < end;
                String rawName = rawQuery.substring(start, hasValue ? equals : end);
                String name = PercentText.decode(rawName, true);
                String value = hasValue ? PercentText.decode(rawQuery.substring(equals + 1, end), true) : "";
                if (name == null || value == null) {
                    violations.add(
                            name == null ? "" : name,
                            "查询参数的百分号编码或 UTF-8 无效",
                            "the query parameter is not valid percent-encoded UTF-8");
                } else if (isOfBody(binding, name)) {
                    violations.add(name, "没有此查询参数", "there is no such query parameter");
                } else {
                    readText(builder, name, value, false);
                }
            }
            start = end + 1;
        }
    }

    private boolean isOfBody(HttpBinding binding, String name) {
        return switch (binding.body()) {
            case HttpBinding.Body.None _ -> false;
            case HttpBinding.Body.Whole _ -> true;
            case HttpBinding.Body.One(var field) -> {
                int dot = name.indexOf('.');
                FieldFacts first = method.facts(method.request()).find(dot < 0 ? name : name.substring(0, dot));
                yield first != null && first.field() == field;
            }
        };
    }

    /** Sets the field at the dotted {@code path} from text, unless something stands there already. */
    private void readText(Message.Builder request, String path, String text, boolean fromPath) {
        String[] names = path.split("\\.", -1);
        Message.Builder builder = request;
        var canonical = new StringBuilder(path.length());
        for (int i = 0; i < names.length; i++) {
            FieldFacts facts = i < MAX_QUERY_DEPTH
                    ? method.facts(builder.getDescriptorForType()).find(names[i])
                    : null;
            boolean last = i == names.length - 1;
            if (facts == null || !canStand(facts, last)) {
                violations.add(path, "没有此查询参数", "there is no such query parameter");
                return;
            }
            FieldDescriptor field = facts.field();
            canonical.append('.').append(field.getJsonName());
            if (last) {
                boolean first = given.add(canonical.toString()) && !isSet(builder, field);
                setText(builder, field, path, text, first, fromPath);
            } else if (builder.hasField(field) || isFreeOneof(builder, field, path)) {
                builder = builder.getFieldBuilder(field);
            } else {
                return;
            }
        }
    }

    /** A dotted name walks over single messages and ends at a value or a list of values. */
    private static boolean canStand(FieldFacts facts, boolean last) {
        boolean message = facts.kind() == FieldKind.MESSAGE;
        return !facts.field().isMapField() && (last ? !message : message && !facts.isList());
    }

    private static boolean isSet(Message.Builder builder, FieldDescriptor field) {
        return !field.isRepeated()
                && (field.hasPresence()
                        ? builder.hasField(field)
                        : !builder.getField(field).equals(field.getDefaultValue()));
    }

    private void setText(
            Message.Builder builder,
            FieldDescriptor field,
            String path,
            String text,
            boolean first,
            boolean fromPath) {
        Object read = noted(FieldValues.fromText(field, () -> builder.newBuilderForField(field), text), path);
        if (read == null) {
            return;
        }
        if (field.isRepeated()) {
            builder.addRepeatedField(field, read);
        } else if (!first) {
            violations.add(
                    path,
                    fromPath ? "路径中已给出" : "此参数重复出现",
                    fromPath ? "is given by the path already" : "this parameter stands twice");
        } else if (isFreeOneof(builder, field, path)) {
            builder.setField(field, read);
        }
    }
}
