package cn.jingshu.products.contract;

import cn.jingshu.products.contract.v1.Charging;
import cn.jingshu.products.contract.v1.ContractOptionsProto;
import cn.jingshu.products.contract.v1.MeterUnit;
import cn.jingshu.products.contract.v1.Product;
import cn.jingshu.products.contract.v1.Sensitivity;
import cn.jingshu.products.spi.DataProduct;
import cn.jingshu.products.spi.Operation;
import cn.jingshu.products.spi.Retirement;
import com.google.api.AnnotationsProto;
import com.google.api.HttpRule;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a product's {@code .proto} says, checked: whoever holds a contract need not check it again.
 *
 * @param service the service; its file is what gRPC reflection shows
 * @param code stable identifier of the product, lower case: {@code transit}
 * @param nameZh its name in Chinese
 * @param nameEn its name in English
 * @param summaryZh what it is, in a Chinese sentence
 * @param summaryEn what it is, in an English sentence
 * @param resources ids of the data resources behind it; empty: none
 * @param annexId its row in the plan's product list; empty: not on the list
 * @param methods its methods in the order of the {@code .proto}; never empty
 */
public record Contract(
        ServiceDescriptor service,
        String code,
        String nameZh,
        String nameEn,
        String summaryZh,
        String summaryEn,
        List<String> resources,
        String annexId,
        List<ContractMethod> methods) {

    /** Most units that a call may cost which got no answer; a merchant who means more has mistaken the unit. */
    public static final int MAX_UNITS_WITHOUT_ANSWER = 1_000;

    private static final Pattern CODE = Pattern.compile("[a-z][a-z0-9-]{1,39}");
    private static final Pattern VERSION = Pattern.compile("\\.v([1-9][0-9]{0,3})$");

    public Contract {
        resources = List.copyOf(resources);
        methods = List.copyOf(methods);
    }

    /** The file the service stands in: reflection on gRPC and the schema descriptor of the service come from it. */
    public FileDescriptor file() {
        return service.getFile();
    }

    /** For what use it may be charged for. */
    public Charging charging() {
        return service.getOptions().getExtension(ContractOptionsProto.product).getCharging();
    }

    /** The version of the product, as the last part of the package says: {@code jingshu.echo.v1} is 1; without one 1. */
    public int version() {
        return versionOf(file());
    }

    static int versionOf(FileDescriptor file) {
        Matcher last = VERSION.matcher(file.getPackage());
        return last.find() ? Integer.parseInt(last.group(1)) : 1;
    }

    /** The gRPC name of the service: {@code jingshu.echo.v1.EchoService}. */
    public String serviceName() {
        return service.getFullName();
    }

    /**
     * The contract a descriptor declares, without anyone who answers it.
     *
     * @throws ContractException if it cannot be served
     */
    public static Contract of(ServiceDescriptor service) {
        return build(service, method -> DynamicMessage.getDefaultInstance(method.getInputType()), null);
    }

    /**
     * The contract of a product, checked against the operations that answer it.
     *
     * @throws ContractException if it cannot be served, or an operation is missing, superfluous or of another type
     */
    public static Contract of(DataProduct product) {
        Map<String, Operation> operations = operationsByMethod(product);
        return build(product.contract(), method -> prototype(method, operations), product.retirement().orElse(null));
    }

    static Map<String, Operation> operationsByMethod(DataProduct product) {
        ServiceDescriptor service = product.contract();
        Map<String, Operation> operations = new LinkedHashMap<>();
        for (Operation operation : product.operations()) {
            if (operations.putIfAbsent(operation.method(), operation) != null) {
                throw new ContractException(
                        service.getFullName() + ": two operations answer " + operation.method() + ".");
            }
            if (service.findMethodByName(operation.method()) == null) {
                throw new ContractException(service.getFullName() + ": the operation " + operation.method()
                        + " answers no method of the contract.");
            }
        }
        return operations;
    }

    private static Message prototype(MethodDescriptor method, Map<String, Operation> operations) {
        Operation operation = operations.get(method.getName());
        if (operation == null) {
            throw new ContractException(method.getFullName() + ": no operation answers this method.");
        }
        boolean streams = operation instanceof Operation.Streaming;
        if (streams != method.isServerStreaming()) {
            throw new ContractException(method.getFullName() + ": the contract says "
                    + (method.isServerStreaming() ? "stream" : "one answer") + ", the operation gives "
                    + (streams ? "a stream." : "one answer."));
        }
        Message prototype = operation.requestPrototype();
        if (prototype.getDescriptorForType() != method.getInputType()) {
            throw new ContractException(method.getFullName() + ": the operation takes "
                    + prototype.getDescriptorForType().getFullName() + ", the contract says "
                    + method.getInputType().getFullName() + ".");
        }
        return prototype.getDefaultInstanceForType();
    }

    private static Contract build(ServiceDescriptor service, Function<MethodDescriptor, Message> prototypes,
            @Nullable Retirement retirement) {
        String where = service.getFullName();
        if (!service.getOptions().hasExtension(ContractOptionsProto.product)) {
            throw new ContractException(where + ": the service lacks the option (jingshu.contract.v1.product).");
        }
        Product product = service.getOptions().getExtension(ContractOptionsProto.product);
        require(
                CODE.matcher(product.getCode()).matches(),
                where + ": the product code \"" + product.getCode()
                        + "\" is not 2 to 40 lower-case letters, digits and hyphens.");
        require(
                !product.getNameZh().isBlank() && !product.getNameEn().isBlank(),
                where + ": the product lacks a name in Chinese or English.");
        require(
                !product.getSummaryZh().isBlank() && !product.getSummaryEn().isBlank(),
                where + ": the product lacks a summary in Chinese or English.");
        require(!service.getMethods().isEmpty(), where + ": the contract has no method.");
        Map<Descriptor, MessageFacts> messages = new HashMap<>();
        List<ContractMethod> methods = new ArrayList<>();
        for (MethodDescriptor method : service.getMethods()) {
            methods.add(method(product.getCode(), method, prototypes.apply(method), messages, retirement));
        }
        return new Contract(
                service,
                product.getCode(),
                product.getNameZh(),
                product.getNameEn(),
                product.getSummaryZh(),
                product.getSummaryEn(),
                product.getResourcesList(),
                product.getAnnexId(),
                methods);
    }

    private static ContractMethod method(
            String product, MethodDescriptor method, Message prototype, Map<Descriptor, MessageFacts> messages,
            @Nullable Retirement retirement) {
        String where = method.getFullName();
        require(!method.isClientStreaming(), where + ": a stream of requests is not supported.");
        require(
                method.getOptions().hasExtension(ContractOptionsProto.operation),
                where + ": the method lacks the option (jingshu.contract.v1.operation).");
        var options = method.getOptions().getExtension(ContractOptionsProto.operation);
        require(
                options.getMeter().getUnit() != MeterUnit.METER_UNIT_UNSPECIFIED
                        && options.getMeter().getUnit() != MeterUnit.UNRECOGNIZED,
                where + ": the meter has no unit.");
        for (int units : List.of(options.getMeter().getNotModifiedUnits(), options.getMeter().getRefusedUnits(),
                options.getMeter().getFailedUnits())) {
            require(
                    units >= 0 && units <= MAX_UNITS_WITHOUT_ANSWER, // a negative one is an unsigned number too large for an int
                    where + ": a call without an answer costs 0 to " + MAX_UNITS_WITHOUT_ANSWER + " units, not "
                            + Integer.toUnsignedLong(units) + ".");
        }
        // A stream is sold by the started minute and by nothing else, since it has no answer as a whole that could be counted.
        require(
                !method.isServerStreaming() || options.getMeter().getUnit() == MeterUnit.MINUTE,
                where + ": a stream is counted by the MINUTE, not by the " + options.getMeter().getUnit() + ".");
        require(
                method.isServerStreaming() || options.getMeter().getUnit() != MeterUnit.MINUTE,
                where + ": one answer is not counted by the MINUTE, which counts a stream.");
        require(
                !options.getSummaryZh().isBlank() && !options.getSummaryEn().isBlank(),
                where + ": the operation lacks a summary in Chinese or English.");
        require(
                FieldKind.of(method.getInputType()) == FieldKind.MESSAGE,
                where + ": a request must be a message of the contract, not "
                        + method.getInputType().getFullName() + ".");
        collect(method.getInputType(), messages);
        FieldKind response = FieldKind.of(method.getOutputType());
        require(
                response == FieldKind.MESSAGE || (response == FieldKind.HTTP_BODY && !method.isServerStreaming()),
                where + ": an answer must be a message of the contract or one google.api.HttpBody, not "
                        + method.getOutputType().getFullName() + ".");
        if (response == FieldKind.MESSAGE) {
            collect(method.getOutputType(), messages);
        }
        List<HttpBinding> bindings = bindings(method);
        require(
                options.getMeter().getNotModifiedUnits() == 0
                        || (!method.isServerStreaming() && bindings.stream().anyMatch(binding -> binding.verb().equals("GET"))),
                where + ": an operation that is no GET of one answer is never answered 304, so that costs nothing.");
        return new ContractMethod(product, method, options, bindings, prototype, messages, retirement);
    }

    /** Adds the message and all it reaches, each field checked. */
    private static void collect(Descriptor message, Map<Descriptor, MessageFacts> messages) {
        if (messages.containsKey(message)) {
            return;
        }
        require(
                message.toProto().getExtensionRangeCount() == 0,
                message.getFullName() + ": a message with extension ranges is no contract.");
        var facts = new MessageFacts(message);
        messages.put(message, facts);
        for (FieldFacts field : facts.fields()) {
            check(field);
            Descriptor inner = messageBehind(field.field());
            if (inner != null) {
                collect(inner, messages);
            }
        }
    }

    /** The message of the contract that the field, or a value of the map, holds; null: it holds something else. */
    static @Nullable Descriptor messageBehind(FieldDescriptor field) {
        FieldDescriptor value = field.isMapField() ? field.getMessageType().findFieldByName("value") : field;
        return FieldKind.of(value) == FieldKind.MESSAGE ? value.getMessageType() : null;
    }

    private static void check(FieldFacts facts) {
        FieldDescriptor field = facts.field();
        String where = field.getFullName();
        FieldKind kind = field.isMapField()
                ? FieldKind.of(field.getMessageType().findFieldByName("value"))
                : facts.kind();
        require(!field.isRequired(), where + ": a required field of proto2 is not supported; use the option required.");
        require(field.getType() != FieldDescriptor.Type.GROUP, where + ": a group does not transcode to JSON.");
        require(
                kind != FieldKind.FREE_FORM,
                where + ": a field that can hold anything (Any, Struct, Value, ListValue) is no contract.");
        require(
                kind != FieldKind.HTTP_BODY,
                where + ": google.api.HttpBody can only be a whole answer, not a field of one.");
        require(
                messageBehind(field) != null
                        || (facts.sensitivity() != Sensitivity.SENSITIVITY_UNSPECIFIED
                                && facts.sensitivity() != Sensitivity.UNRECOGNIZED),
                where + ": the field lacks a sensitivity.");
        Double least = facts.minimum();
        Double greatest = facts.maximum();
        require(least == null || greatest == null || least <= greatest, where + ": the minimum is above the maximum.");
        boolean number = FieldValues.isNumber(field);
        require(least == null || number, where + ": only a number can have a minimum or maximum.");
        boolean zeroIsMissing = facts.required() && !field.isRepeated() && !field.hasPresence();
        require(
                !zeroIsMissing || !number || (least != null && (least > 0 || (greatest != null && greatest < 0))),
                where + ": a required number that may be zero must be declared optional, or zero would count as missing.");
        require(
                !zeroIsMissing || field.getJavaType() != FieldDescriptor.JavaType.BOOLEAN,
                where + ": a required bool must be declared optional, or false would count as missing.");
        for (String example : List.of(facts.example(), facts.referExample())) {
            if (!example.isEmpty()) {
                String wrong = FieldValues.exampleFault(facts, example);
                require(wrong.isEmpty(), where + ": the example \"" + example + "\" is wrong: " + wrong + ".");
            }
        }
    }

    private static List<HttpBinding> bindings(MethodDescriptor method) {
        String where = method.getFullName();
        require(
                method.getOptions().hasExtension(AnnotationsProto.http),
                where + ": the method lacks the option (google.api.http).");
        HttpRule rule = method.getOptions().getExtension(AnnotationsProto.http);
        List<HttpBinding> bindings = new ArrayList<>();
        bindings.add(binding(where, method, rule));
        for (HttpRule additional : rule.getAdditionalBindingsList()) {
            require(
                    additional.getAdditionalBindingsCount() == 0,
                    where + ": an additional binding has additional bindings.");
            bindings.add(binding(where, method, additional));
        }
        return bindings;
    }

    private static HttpBinding binding(String where, MethodDescriptor method, HttpRule rule) {
        String verb = rule.getPatternCase().name();
        String template =
                switch (rule.getPatternCase()) {
                    case GET -> rule.getGet();
                    case PUT -> rule.getPut();
                    case POST -> rule.getPost();
                    case DELETE -> rule.getDelete();
                    case PATCH -> rule.getPatch();
                    case CUSTOM, PATTERN_NOT_SET ->
                        throw new ContractException(
                                where + ": the http rule names none of get, put, post, delete and patch.");
                };
        require(rule.getResponseBody().isEmpty(), where + ": response_body is not supported; answer the message.");
        PathTemplate path = PathTemplate.parse(where, template);
        for (PathTemplate.Variable variable : path.variables()) {
            checkVariable(where, method.getInputType(), variable.field());
        }
        HttpBinding.Body body = body(where, method.getInputType(), rule.getBody());
        require(
                body instanceof HttpBinding.Body.None || !(verb.equals("GET") || verb.equals("DELETE")),
                where + ": " + verb + " takes no body.");
        require(!method.isServerStreaming() || verb.equals("GET"), where + ": a stream is opened by GET.");
        return new HttpBinding(verb, path, body);
    }

    private static void checkVariable(String where, Descriptor request, String variable) {
        Descriptor message = request;
        String[] names = variable.split("\\.", -1);
        for (int i = 0; i < names.length; i++) {
            FieldDescriptor field = message.findFieldByName(names[i]);
            if (field == null) {
                throw new ContractException(where + ": the path variable " + variable + " is no field of the request.");
            }
            boolean last = i == names.length - 1;
            require(
                    !field.isRepeated() && FieldKind.of(field) == (last ? FieldKind.SCALAR : FieldKind.MESSAGE),
                    where + ": the path variable " + variable + " must be a single scalar.");
            require(
                    field.getJsonName().equals(PathTemplate.jsonPath(field.getName())),
                    where + ": the path variable " + variable + " has a json_name of its own.");
            if (!last) {
                message = field.getMessageType();
            }
        }
    }

    private static HttpBinding.Body body(String where, Descriptor request, String body) {
        if (body.isEmpty()) {
            return new HttpBinding.Body.None();
        }
        if (body.equals("*")) {
            return new HttpBinding.Body.Whole();
        }
        FieldDescriptor field = request.findFieldByName(body);
        if (field == null) {
            throw new ContractException(where + ": the body " + body + " is no field of the request.");
        }
        return new HttpBinding.Body.One(field);
    }

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new ContractException(sentence);
        }
    }
}
