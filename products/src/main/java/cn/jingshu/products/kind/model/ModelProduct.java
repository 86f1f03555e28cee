package cn.jingshu.products.kind.model;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.kind.Declaration.Field;
import cn.jingshu.products.kind.DeclaredContract;
import cn.jingshu.products.kind.Faults;
import cn.jingshu.products.kind.FieldType;
import cn.jingshu.products.kind.SandboxSubjects;
import cn.jingshu.products.kind.model.ModelDefinition.Reading;
import cn.jingshu.products.kind.model.ModelDefinition.Run;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.DataProduct;
import cn.jingshu.products.spi.Operation;
import cn.jingshu.products.spi.Retirement;
import cn.jingshu.products.spi.WatchedModel;
import cn.jingshu.products.statistics.PopulationStability;
import cn.jingshu.products.statistics.WatchedRows;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import java.nio.FloatBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A product whose operations run a model with ONNX Runtime: on few threads of their own, each run on one of them, for a limited time,
 * with memory that is known from the shapes ({@link OnnxShapes}). The sandbox answers the contract's examples: it does not run the
 * model, whose answers are what is sold.
 */
public final class ModelProduct implements DataProduct, AutoCloseable {
    private static final Duration LONGEST = Duration.ofSeconds(2);
    private static final int THREADS = 2;
    private static final int WAITING = 128;
    private static final int BINS = 10;

    /** Shared by all models of a node, so that their number does not multiply what they may take. */
    private static final ThreadPoolExecutor RUNNERS = new ThreadPoolExecutor(THREADS, THREADS, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(WAITING),
            Thread.ofPlatform().daemon().name("model-", 0).factory());

    private static final ScheduledExecutorService DEADLINES =
            Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("model-deadlines").factory());

    private final ServiceDescriptor contract;
    private final ModelDefinition definition;
    private final String version;
    private final @Nullable Retirement retirement;
    private final Map<String, WatchedRows> watched = new LinkedHashMap<>();
    private final OrtSession session;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * A product made ready: its model is loaded.
     *
     * @param model the file, looked into before
     * @param retirement null: this version is not on its way out
     * @throws IllegalArgumentException if ONNX Runtime does not take the file
     */
    public ModelProduct(ServiceDescriptor contract, ModelDefinition definition, ByteString model, @Nullable Retirement retirement) {
        this.contract = contract;
        this.definition = definition;
        this.retirement = retirement;
        this.version = definition.modelVersion() + " sha256:" + digest(model).substring(0, 16);
        String ofContract = " v" + Contract.of(contract).version(); // two versions may run one file within other bounds
        definition.runs().values().stream().sorted(Comparator.comparing(run -> run.op().name())).forEach(run -> watched.put(run.op().name(),
                new WatchedRows(version + " " + run.op().name() + ofContract, definition.card().getOrDefault("trainingData", ""), 0, columns(run))));
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
            options.setCPUArenaAllocator(false); // what a run took is given back
            options.setMemoryPatternOptimization(false);
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.BASIC_OPT);
            this.session = OrtEnvironment.getEnvironment().createSession(model.toByteArray(), options);
        } catch (OrtException refused) {
            throw new IllegalArgumentException("ONNX Runtime does not take the model: " + refused.getCode(), refused);
        }
    }

    private static String digest(ByteString model) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(model.toByteArray()));
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }

    private static List<WatchedRows.Column> columns(Run run) {
        List<WatchedRows.Column> columns = new ArrayList<>();
        for (int at = 0; at < run.features().size(); at++) {
            Field field = run.features().get(at);
            if (columns.stream().anyMatch(each -> each.name().equals(field.name()))) {
                continue; // given to the model twice, it is one input still
            }
            PopulationStability training = run.training().get(field.name());
            columns.add(training == null ? new WatchedRows.Column(at, field.name(), edges(field), List.of())
                    : new WatchedRows.Column(at, field.name(), training.edges(), training.shares()));
        }
        return columns;
    }

    /** Ten bins of equal width between the declared bounds; of few whole numbers one each. */
    private static List<Double> edges(Field field) {
        double least = field.minimum() == null ? 0 : field.minimum();
        double greatest = field.maximum() == null ? 1 : field.maximum();
        if (!(greatest > least) || !Double.isFinite(greatest - least)) {
            return List.of();
        }
        boolean few = field.type() == FieldType.BOOL || (field.type() != FieldType.DOUBLE && field.type() != FieldType.DECIMAL && greatest - least < BINS);
        return few ? WatchedRows.equalEdges(least - 0.5, greatest + 0.5, Math.max(2, (int) (greatest - least) + 1)) : WatchedRows.equalEdges(least, greatest, BINS);
    }

    @Override
    public List<WatchedModel> watchedModels() {
        return watched.values().stream().map(WatchedRows::model).toList();
    }

    /** What is said of the model. */
    public ModelDefinition definition() {
        return definition;
    }

    @Override
    public ServiceDescriptor contract() {
        return contract;
    }

    @Override
    public Optional<Retirement> retirement() {
        return Optional.ofNullable(retirement);
    }

    @Override
    public List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        for (ContractMethod method : Contract.of(contract).methods()) {
            Run run = Objects.requireNonNull(definition.runs().get(method.name()));
            operations.add(new Operation.Unary<>(method.name(), DynamicMessage.getDefaultInstance(method.request()), (facts, request) -> facts.sandbox()
                    ? SandboxSubjects.of(facts, request, () -> CompletableFuture.completedFuture(SandboxSubjects.exampleOf(method, request)
                            .map(example -> Answer.of(versioned(example)))
                            .orElseGet(() -> Answer.notFound("没有找到", "there is no such thing"))))
                    : answer(method, run, request)));
        }
        return operations;
    }

    private CompletionStage<Answer<Message>> answer(ContractMethod method, Run run, Message request) {
        CompletableFuture<Answer<Message>> answer = new CompletableFuture<>();
        try {
            RUNNERS.execute(() -> {
                try {
                    double[] asked = asked(run, request);
                    Message answered = run(method, run, features(asked));
                    Objects.requireNonNull(watched.get(run.op().name())).count(asked); // not the floats: 5.6f lies below an edge of 5.6
                    answer.complete(Answer.of(answered));
                } catch (OrtException | RuntimeException failed) {
                    answer.completeExceptionally(failed);
                }
            });
        } catch (RejectedExecutionException busy) {
            answer.complete(new Answer.Refused<>(Answer.Fault.SOURCE_UNAVAILABLE, "模型繁忙,请稍后再试", "the model is busy: try again later", List.of()));
        }
        return answer;
    }

    private static double[] asked(Run run, Message request) {
        return run.features().stream().mapToDouble(field -> {
            FieldDescriptor descriptor = request.getDescriptorForType().findFieldByName(field.name());
            return descriptor.hasPresence() && !request.hasField(descriptor)
                    ? Objects.requireNonNull(run.defaults().get(field.name()))
                    : number(request.getField(descriptor));
        }).toArray();
    }

    private static double number(Object value) {
        return value instanceof Boolean yes ? (yes ? 1 : 0) : ((Number) value).doubleValue();
    }

    private static float[] features(double[] asked) {
        float[] features = new float[asked.length];
        for (int i = 0; i < features.length; i++) {
            features[i] = (float) asked[i];
        }
        return features;
    }

    private Message run(ContractMethod method, Run run, float[] features) throws OrtException {
        try (OrtSession.RunOptions options = new OrtSession.RunOptions();
                OnnxTensor input = OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), FloatBuffer.wrap(features), new long[] {1, features.length})) {
            ScheduledFuture<?> deadline = DEADLINES.schedule(() -> {
                options.setTerminate(true);
                return true;
            }, LONGEST.toMillis(), TimeUnit.MILLISECONDS);
            try (OrtSession.Result result = session.run(Map.of(run.input(), input), options)) {
                DynamicMessage.Builder answer = DynamicMessage.newBuilder(method.response());
                for (Field column : run.op().columns()) {
                    Reading reading = Objects.requireNonNull(run.readings().get(column.name()));
                    answer.setField(method.response().findFieldByName(column.name()), value(column, reading, result));
                }
                return versioned(answer.build());
            } finally {
                deadline.cancel(false);
            }
        }
    }

    private Message versioned(Message answer) {
        return answer.toBuilder().setField(answer.getDescriptorForType().findFieldByName(DeclaredContract.MODEL_VERSION), version).build();
    }

    private static Object value(Field column, Reading reading, OrtSession.Result result) throws OrtException {
        OnnxValue output = result.get(reading.output()).orElseThrow(() -> new IllegalStateException("no output " + reading.output()));
        if (!(output instanceof OnnxTensor tensor)) {
            throw new IllegalStateException("output " + reading.output() + " is no tensor");
        }
        Object found = switch (tensor.getInfo().type) {
            case FLOAT -> (double) tensor.getFloatBuffer().get(reading.index());
            case DOUBLE -> tensor.getDoubleBuffer().get(reading.index());
            case INT64 -> tensor.getLongBuffer().get(reading.index());
            case INT32 -> (long) tensor.getIntBuffer().get(reading.index());
            case BOOL -> tensor.getByteBuffer().get(reading.index()) == 0 ? 0L : 1L;
            case STRING -> ((String[]) tensor.getValue())[reading.index()];
            default -> throw new IllegalStateException("output " + reading.output() + " is of a type that is not read");
        };
        return shaped(column, reading, found);
    }

    private static Object shaped(Field column, Reading reading, Object found) {
        if (!reading.labels().isEmpty()) {
            int label = Math.toIntExact(whole(found));
            return reading.labels().get(label);
        }
        return switch (column.type()) {
            case DOUBLE -> {
                double number = ((Number) found).doubleValue();
                if (!Double.isFinite(number)) {
                    throw new IllegalStateException("the model computed no number for " + column.name());
                }
                yield number;
            }
            case INT32 -> Math.toIntExact(whole(found));
            case INT64 -> whole(found);
            case BOOL -> whole(found) != 0;
            case STRING -> found.toString();
            case DECIMAL, DATE, TIMESTAMP, MESSAGE -> throw new IllegalStateException(column.name() + " is no number and no text");
        };
    }

    private static long whole(Object found) {
        double number = ((Number) found).doubleValue();
        if (number != Math.rint(number)) {
            throw new IllegalStateException("the model computed no whole number");
        }
        return (long) number;
    }

    /** Runs each operation with the least, the greatest and the default values of its features, as at registration. */
    public void check(Faults faults) {
        for (ContractMethod method : Contract.of(contract).methods()) {
            Run run = Objects.requireNonNull(definition.runs().get(method.name()));
            for (int corner = 0; corner < 3; corner++) {
                try {
                    run(method, run, corner(run, corner));
                } catch (OrtException | RuntimeException failed) {
                    faults.add("operations." + method.name() + ".model", "模型试运行失败", "the model failed on trial: " + failed.getMessage());
                    return;
                }
            }
        }
    }

    private static float[] corner(Run run, int corner) {
        float[] features = new float[run.features().size()];
        for (int i = 0; i < features.length; i++) {
            Field field = run.features().get(i);
            Double least = field.minimum();
            Double most = field.maximum();
            double low = least == null ? 0 : least;
            double high = most == null ? 1 : most;
            features[i] = (float) (corner == 0 ? low : corner == 1 ? high : run.defaults().getOrDefault(field.name(), (low + high) / 2));
        }
        return features;
    }

    /** @throws IllegalStateException if ONNX Runtime cannot let it go */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return; // ONNX Runtime takes a second closing for a mistake
        }
        try {
            session.close();
        } catch (OrtException stuck) {
            throw new IllegalStateException(stuck);
        }
    }
}
