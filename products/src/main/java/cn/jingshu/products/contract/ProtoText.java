package cn.jingshu.products.contract;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** A file of a contract as its {@code .proto} would have been written, for contracts that were made of a declaration. */
final class ProtoText {
    private static final TextFormat.Printer VALUES = TextFormat.printer().escapingNonAscii(false).emittingSingleLine(true);

    private final StringBuilder out = new StringBuilder();
    private int depth;

    private ProtoText() {}

    static String of(FileDescriptor file) {
        ProtoText text = new ProtoText();
        text.line("syntax = \"proto3\";");
        text.line("");
        text.line("package " + file.getPackage() + ";");
        text.line("");
        file.getDependencies().forEach(imported -> text.line("import \"" + imported.getName() + "\";"));
        file.getServices().forEach(text::service);
        file.getMessageTypes().forEach(text::message);
        file.getEnumTypes().forEach(text::choice);
        return text.out.toString();
    }

    private void line(String text) {
        out.append(text.isEmpty() ? "" : "  ".repeat(depth)).append(text).append('\n');
    }

    private void open(String text) {
        line(text + " {");
        depth++;
    }

    private void close() {
        depth--;
        line("}");
    }

    private void service(ServiceDescriptor service) {
        line("");
        open("service " + service.getName());
        options(service.getOptions());
        service.getMethods().forEach(this::method);
        close();
    }

    private void method(MethodDescriptor method) {
        open("rpc " + method.getName() + "(" + name(method.getInputType()) + ") returns (" + (method.isServerStreaming() ? "stream " : "")
                + name(method.getOutputType()) + ")");
        options(method.getOptions());
        close();
    }

    private void options(Message options) {
        extensions(options).forEach((name, value) -> line("option (" + name + ") = " + value + ";"));
    }

    private static Map<String, String> extensions(Message options) {
        Map<String, String> values = new LinkedHashMap<>();
        options.getAllFields().forEach((field, value) -> {
            if (field.isExtension() && value instanceof Message message) {
                values.put(field.getFullName(), "{ " + VALUES.printToString(message).strip() + " }");
            }
        });
        return values;
    }

    private void message(Descriptor message) {
        line("");
        open("message " + message.getName());
        message.getNestedTypes().stream().filter(nested -> !nested.getOptions().getMapEntry()).forEach(this::message);
        message.getEnumTypes().forEach(this::choice);
        for (FieldDescriptor field : message.getFields()) {
            OneofDescriptor oneof = field.getRealContainingOneof();
            if (oneof == null) {
                field(field);
            } else if (oneof.getField(0).equals(field)) {
                open("oneof " + oneof.getName());
                oneof.getFields().forEach(this::field);
                close();
            }
        }
        close();
    }

    private void field(FieldDescriptor field) {
        String label = field.isMapField() || field.getRealContainingOneof() != null ? ""
                : field.isRepeated() ? "repeated "
                : field.hasPresence() && field.getJavaType() != FieldDescriptor.JavaType.MESSAGE ? "optional " : "";
        Map<String, String> options = extensions(field.getOptions());
        StringBuilder said = new StringBuilder();
        options.forEach((name, value) -> said.append(said.isEmpty() ? " [(" : ", (").append(name).append(") = ").append(value));
        line(label + type(field) + " " + field.getName() + " = " + field.getNumber() + said + (said.isEmpty() ? ";" : "];"));
    }

    private static String type(FieldDescriptor field) {
        if (field.isMapField()) {
            Descriptor entry = field.getMessageType();
            return "map<" + type(entry.findFieldByNumber(1)) + ", " + type(entry.findFieldByNumber(2)) + ">";
        }
        return switch (field.getJavaType()) {
            case MESSAGE -> name(field.getMessageType());
            case ENUM -> "." + field.getEnumType().getFullName();
            default -> field.getType().name().toLowerCase(java.util.Locale.ROOT);
        };
    }

    private static String name(Descriptor message) {
        return "." + message.getFullName();
    }

    private void choice(EnumDescriptor choice) {
        line("");
        open("enum " + choice.getName());
        choice.getValues().forEach(value -> line(value.getName() + " = " + value.getNumber() + ";"));
        close();
    }
}
