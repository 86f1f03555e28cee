package cn.jingshu.products.kind;

import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.contract.ContractException;
import cn.jingshu.products.contract.v1.ContractOptionsProto;
import cn.jingshu.products.contract.v1.Meter;
import cn.jingshu.products.contract.v1.MeterUnit;
import cn.jingshu.products.contract.v1.Operation;
import cn.jingshu.products.contract.v1.Product;
import cn.jingshu.products.contract.v1.Sensitivity;
import cn.jingshu.products.kind.Declaration.Field;
import cn.jingshu.products.kind.Declaration.Op;
import com.google.api.AnnotationsProto;
import com.google.api.HttpRule;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldOptions;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodOptions;
import com.google.protobuf.DescriptorProtos.OneofDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceOptions;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * Makes the contract of a declaration: the same {@code .proto} a coder would have written, with our options. Fields keep the
 * numbers of their order, so what is appended breaks nobody; what the house adds to a message has numbers above 100.
 */
public final class DeclaredContract {
    /** Of a page: how many rows, and where it begins. */
    public static final String PAGE_SIZE = "page_size";
    public static final String PAGE_TOKEN = "page_token";
    public static final String ROWS = "rows";
    public static final String NEXT_PAGE_TOKEN = "next_page_token";
    public static final String STALE = "stale";

    /** Of a download: which format. */
    public static final String FORMAT = "format";

    /** Of a model's answer: which model it was. */
    public static final String MODEL_VERSION = "model_version";

    /** Of a question to a model: who of the test subjects is meant. */
    public static final String TEST_SUBJECT = "test_subject";

    private static final int FIRST_OF_OURS = 101;
    private static final int MAX_PAGE = 1_000;
    private static final int DOWNLOAD_BYTES = 64 * 1024 * 1024;

    private final Declaration declaration;
    private final FileDescriptorProto.Builder file = FileDescriptorProto.newBuilder();

    private DeclaredContract(Declaration declaration) {
        this.declaration = declaration;
    }

    /** The package of a declared product's contract: {@code jingshu.declared.parking_lots.v1}. */
    public static String packageOf(String code, int version) {
        return "jingshu.declared." + code.replace('-', '_') + ".v" + version;
    }

    /** Where the addresses of a declared product begin. */
    public static String pathOf(String code, int version) {
        return "/v" + version + "/" + code + "/";
    }

    /**
     * The descriptor set of a declaration that lists its operations, checked as a contract; what is wrong is noted.
     *
     * @return the set; it holds the contract's own file alone
     */
    public static FileDescriptorSet of(Declaration declaration, Faults faults) {
        FileDescriptorSet set = FileDescriptorSet.newBuilder().addFile(new DeclaredContract(declaration).build()).build();
        check(set, faults);
        return set;
    }

    /** The same contract with stale answers free, which they are of every declared product whatever its contract said (decision 0061). */
    public static FileDescriptorSet staleIsFree(FileDescriptorSet set) {
        return eachOperation(set, said -> said.toBuilder().setStaleIsFree(true).build());
    }

    /** The same contract with failed calls free, which they are of every declared product whatever its contract said (decision 0076). */
    public static FileDescriptorSet failedIsFree(FileDescriptorSet set) {
        return eachOperation(set, said -> said.getMeter().getFailedUnits() == 0 ? said
                : said.toBuilder().setMeter(said.getMeter().toBuilder().clearFailedUnits()).build());
    }

    private static FileDescriptorSet eachOperation(FileDescriptorSet set, UnaryOperator<Operation> change) {
        FileDescriptorSet.Builder changed = set.toBuilder();
        for (FileDescriptorProto.Builder file : changed.getFileBuilderList()) {
            for (ServiceDescriptorProto.Builder service : file.getServiceBuilderList()) {
                for (MethodDescriptorProto.Builder method : service.getMethodBuilderList()) {
                    if (method.getOptions().hasExtension(ContractOptionsProto.operation)) {
                        method.getOptionsBuilder().setExtension(ContractOptionsProto.operation,
                                change.apply(method.getOptions().getExtension(ContractOptionsProto.operation)));
                    }
                }
            }
        }
        return changed.build();
    }

    /** Holds a descriptor set against what a contract has to say. */
    public static void check(FileDescriptorSet set, Faults faults) {
        try {
            Contract.of(DescriptorSets.service(set));
        } catch (ContractException | IllegalArgumentException wrong) {
            String sentence = String.valueOf(wrong.getMessage());
            faults.add("", "契约无法提供:" + sentence, sentence);
        }
    }

    private FileDescriptorProto build() {
        String name = packageOf(declaration.code(), declaration.version());
        file.setName(name.replace('.', '/') + ".proto")
                .setPackage(name)
                .setSyntax("proto3")
                .addDependency("google/api/annotations.proto")
                .addDependency("google/api/httpbody.proto")
                .addDependency("google/protobuf/timestamp.proto")
                .addDependency("jingshu/contract/v1/options.proto");
        ServiceDescriptorProto.Builder service = ServiceDescriptorProto.newBuilder()
                .setName(camel(declaration.code()) + "Service")
                .setOptions(ServiceOptions.newBuilder().setExtension(ContractOptionsProto.product, Product.newBuilder()
                        .setCode(declaration.code())
                        .setNameZh(declaration.nameZh())
                        .setNameEn(declaration.nameEn())
                        .setSummaryZh(declaration.summaryZh())
                        .setSummaryEn(declaration.summaryEn())
                        .addAllResources(declaration.resources())
                        .setAnnexId(declaration.annexId())
                        .build()));
        for (Declaration.NamedFields message : declaration.messages()) {
            file.addMessageType(answered(message.name(), message.fields()));
        }
        for (Op op : declaration.operations()) {
            operation(service, op);
        }
        return file.addService(service).build();
    }

    private void operation(ServiceDescriptorProto.Builder service, Op op) {
        DescriptorProto.Builder request = asked(op.name() + "Request", op.parameters());
        DescriptorProto.Builder response = switch (declaration.kind()) {
            case SQL -> {
                int number = FIRST_OF_OURS;
                add(request, PAGE_SIZE, number++, FieldType.INT32, false, false, ours("每页行数", "rows of a page").setMinimum(1).setMaximum(MAX_PAGE)
                        .setExample("20"));
                add(request, PAGE_TOKEN, number, FieldType.STRING, false, false,
                        ours("上一页给出的续页标记", "where the page begins: what the page before it gave").setMaxLength(4_000));
                file.addMessageType(answered(op.name() + "Row", op.columns()));
                DescriptorProto.Builder page = DescriptorProto.newBuilder().setName(op.name() + "Response");
                page.addField(FieldDescriptorProto.newBuilder().setName(ROWS).setNumber(1).setType(FieldDescriptorProto.Type.TYPE_MESSAGE)
                        .setLabel(FieldDescriptorProto.Label.LABEL_REPEATED).setTypeName(typeName(op.name() + "Row"))
                        .setJsonName("rows")
                        .setOptions(options(ours("数据行", "the rows").setMaxLength(MAX_PAGE))));
                add(page, NEXT_PAGE_TOKEN, 2, FieldType.STRING, false, false, ours("下一页的续页标记;空:已是最后一页", "where the next page begins; empty: this was the last"));
                add(page, STALE, 3, FieldType.BOOL, false, false, ours("数据是否已过更新周期", "true: the data are older than their update cycle allows"));
                if (op.how().path("download").asBoolean(false)) {
                    download(service, op);
                }
                yield page;
            }
            case MODEL -> {
                if (op.parameters().stream().noneMatch(parameter -> parameter.name().equals(TEST_SUBJECT))) {
                    add(request, TEST_SUBJECT, FIRST_OF_OURS, FieldType.STRING, false, false, ours("沙箱测试对象的编号;仅在沙箱中起作用",
                            "the number of a test subject; heard in the sandbox alone").setMaxLength(18));
                }
                DescriptorProto.Builder labels = answered(op.name() + "Response", op.columns()).toBuilder();
                add(labels, MODEL_VERSION, FIRST_OF_OURS, FieldType.STRING, false, false, ours("模型版本与摘要", "version and digest of the model"));
                yield labels;
            }
            case UPSTREAM -> answered(op.name() + "Response", op.columns()).toBuilder();
        };
        file.addMessageType(request).addMessageType(response);
        service.addMethod(method(op, op.name(), op.path(), op.maxAnswerBytes(), op.summaryZh(), op.summaryEn())
                .setInputType(typeName(op.name() + "Request"))
                .setOutputType(typeName(op.name() + "Response")));
    }

    private void download(ServiceDescriptorProto.Builder service, Op op) {
        DescriptorProto.Builder request = asked("Download" + op.name() + "Request", op.parameters());
        add(request, FORMAT, FIRST_OF_OURS, FieldType.STRING, false, false,
                ours("格式:CSV、JSON(与逐页应答同形)、ARROW(Arrow IPC 流)", "the format: CSV, JSON (of the form of a page) or ARROW (Arrow IPC stream)").setMaxLength(10).setExample("CSV"));
        file.addMessageType(request);
        service.addMethod(method(op, "Download" + op.name(), op.path() + "/download", op.maxAnswerBytes() == 0 ? DOWNLOAD_BYTES : op.maxAnswerBytes(),
                        op.summaryZh() + "(整份下载)", op.summaryEn() + " (whole, as a file)")
                .setInputType(typeName("Download" + op.name() + "Request"))
                .setOutputType(".google.api.HttpBody"));
    }

    private MethodDescriptorProto.Builder method(Op op, String name, String path, int maxAnswerBytes, String zh, String en) {
        String whole = pathOf(declaration.code(), declaration.version()) + path;
        HttpRule.Builder http = HttpRule.newBuilder();
        if (op.verb().equals("POST")) {
            http.setPost(whole).setBody("*");
        } else {
            http.setGet(whole);
        }
        return MethodDescriptorProto.newBuilder().setName(name).setOptions(MethodOptions.newBuilder()
                .setExtension(AnnotationsProto.http, http.build())
                .setExtension(ContractOptionsProto.operation, Operation.newBuilder()
                        .setMeter(Meter.newBuilder().setUnit(op.meter() == MeterUnit.METER_UNIT_UNSPECIFIED ? MeterUnit.CALL : op.meter())
                                .setNotModifiedUnits(op.notModifiedUnits())
                                .setRefusedUnits(op.refusedUnits()))
                        .setPersonal(op.personal())
                        .setStaleIsFree(true)
                        .setMaxAnswerBytes(maxAnswerBytes)
                        .setSummaryZh(zh)
                        .setSummaryEn(en)
                        .build()));
    }

    private DescriptorProto.Builder asked(String name, List<Field> fields) {
        DescriptorProto.Builder message = DescriptorProto.newBuilder().setName(name);
        for (int i = 0; i < fields.size(); i++) {
            Field field = fields.get(i);
            add(message, field, i + 1, !field.repeated() && field.type().proto() != FieldDescriptorProto.Type.TYPE_MESSAGE);
        }
        return message;
    }

    private DescriptorProto answered(String name, List<Field> fields) {
        DescriptorProto.Builder message = DescriptorProto.newBuilder().setName(name);
        for (int i = 0; i < fields.size(); i++) {
            Field field = fields.get(i);
            boolean presence = field.nullable() && !field.repeated() && field.type().proto() != FieldDescriptorProto.Type.TYPE_MESSAGE;
            add(message, field, i + 1, presence);
        }
        return message.build();
    }

    private void add(DescriptorProto.Builder message, Field field, int number, boolean presence) {
        cn.jingshu.products.contract.v1.Field.Builder options = cn.jingshu.products.contract.v1.Field.newBuilder()
                .addAllResources(field.resources())
                .setSubject(field.subject())
                .setUnit(field.unit())
                .setDocZh(field.docZh())
                .setDocEn(field.docEn())
                .setExample(field.example())
                .setReferExample(field.referExample())
                .setRequired(field.required())
                .setMaxLength(field.maxLength());
        if (field.type() != FieldType.MESSAGE) {
            options.setSensitivity(field.sensitivity());
        }
        if (field.minimum() != null) {
            options.setMinimum(field.minimum());
        }
        if (field.maximum() != null) {
            options.setMaximum(field.maximum());
        }
        FieldDescriptorProto.Builder built = add(message, field.name(), number, field.type(), field.repeated(), presence, options);
        if (field.type() == FieldType.MESSAGE) {
            built.setTypeName(typeName(field.message()));
        }
    }

    private static FieldDescriptorProto.Builder add(DescriptorProto.Builder message, String name, int number, FieldType type, boolean repeated,
            boolean presence, cn.jingshu.products.contract.v1.Field.Builder options) {
        FieldDescriptorProto.Builder field = message.addFieldBuilder()
                .setName(name)
                .setJsonName(jsonName(name))
                .setNumber(number)
                .setType(type.proto())
                .setLabel(repeated ? FieldDescriptorProto.Label.LABEL_REPEATED : FieldDescriptorProto.Label.LABEL_OPTIONAL)
                .setOptions(options(options));
        if (type == FieldType.TIMESTAMP) {
            field.setTypeName(".google.protobuf.Timestamp");
        }
        if (presence) {
            field.setProto3Optional(true).setOneofIndex(message.getOneofDeclCount());
            message.addOneofDecl(OneofDescriptorProto.newBuilder().setName("_" + name));
        }
        return field;
    }

    private static FieldOptions options(cn.jingshu.products.contract.v1.Field.Builder options) {
        return FieldOptions.newBuilder().setExtension(ContractOptionsProto.field, options.build()).build();
    }

    private static cn.jingshu.products.contract.v1.Field.Builder ours(String zh, String en) {
        return cn.jingshu.products.contract.v1.Field.newBuilder().setSensitivity(Sensitivity.PUBLIC).setDocZh(zh).setDocEn(en);
    }

    private String typeName(String message) {
        return "." + packageOf(declaration.code(), declaration.version()) + "." + message;
    }

    private static String jsonName(String name) {
        StringBuilder out = new StringBuilder();
        for (String part : name.split("_", -1)) {
            out.append(out.isEmpty() || part.isEmpty() ? part : part.substring(0, 1).toUpperCase(Locale.ROOT) + part.substring(1));
        }
        return out.toString();
    }

    private static String camel(String code) {
        StringBuilder out = new StringBuilder();
        for (String part : code.split("-", -1)) {
            if (!part.isEmpty()) {
                out.append(part.substring(0, 1).toUpperCase(Locale.ROOT)).append(part.substring(1));
            }
        }
        return out.toString();
    }
}
