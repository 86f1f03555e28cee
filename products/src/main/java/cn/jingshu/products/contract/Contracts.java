package cn.jingshu.products.contract;

import cn.jingshu.products.spi.DataProduct;
import cn.jingshu.products.spi.Operation;
import cn.jingshu.products.spi.Shortfall;
import cn.jingshu.products.spi.WatchedModel;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Every contract of the house and who answers it: the one object the edges, the catalogue and the portal start from. The
 * products it was made of stay; beside them products that were declared at run time come and go ({@link #serve}). Whoever asks
 * reads one unchanging picture, through one volatile field.
 */
public final class Contracts {
    private static final Comparator<Contract> IN_ORDER = Comparator.comparing(Contract::code).thenComparingInt(Contract::version);

    /** The products that were there from the start, with who answers them. */
    private final List<Answered> fixed;

    private volatile Picture picture;

    private volatile Runnable whenServed = () -> {};

    /** What {@link #serve} was given last. */
    private IdentityHashMap<DataProduct, Answered> serving = new IdentityHashMap<>();

    private Contracts(List<Answered> fixed) {
        this.fixed = fixed;
        this.picture = Picture.of(fixed, List.of(), Map.of());
    }

    /** A contract, and by its methods who answers; nobody: it is only described. */
    private record Answered(Contract contract, Map<ContractMethod, Operation> operations, @Nullable DataProduct product) {
        static Answered of(DataProduct product) {
            Contract contract = Contract.of(product);
            Map<String, Operation> byMethod = Contract.operationsByMethod(product);
            Map<ContractMethod, Operation> operations = new HashMap<>();
            for (ContractMethod method : contract.methods()) {
                Operation operation = Objects.requireNonNull(byMethod.get(method.name()));
                requireGuards(method, operation);
                operations.put(method, operation);
            }
            return new Answered(contract, operations, product);
        }

        /** Who says that it answers aggregates answers through the guards, and who answers through them says so. */
        private static void requireGuards(ContractMethod method, Operation operation) {
            boolean guarded = operation instanceof Operation.Unary<?, ?> unary && unary.handler() instanceof Operation.AggregateHandler<?, ?>;
            if (method.aggregate() && !guarded) {
                throw new ContractException(method + " says that it answers aggregates, and nothing guards what it answers: make its"
                        + " operation with domain.disclosure.Aggregates.");
            }
            if (guarded && !method.aggregate()) {
                throw new ContractException(method + " answers aggregates, and its contract does not say so: set aggregate.");
            }
        }
    }

    /** What of their live data the products with a code say they lack now; those that were there from the start. */
    public List<Shortfall> shortfalls(String code) {
        List<Shortfall> shortfalls = new ArrayList<>();
        for (Answered answered : fixed) {
            DataProduct product = answered.product();
            if (product != null && answered.contract().code().equals(code)) {
                shortfalls.addAll(product.shortfalls());
            }
        }
        return List.copyOf(shortfalls);
    }

    /** A model whose inputs are watched, and the product it answers for. */
    public record Watched(String product, WatchedModel model) {}

    /** The watched models of everything that is served. */
    public List<Watched> watchedModels() {
        return picture.watched();
    }

    /**
     * What is served at one time.
     *
     * @param list what is served, in order
     * @param byCode of each code the newest version that is served, or of what was served once the newest
     * @param versions of each code every version, served or not, newest first
     * @param operations who answers; those of the picture before this one too, for calls on their way
     * @param own the operations of this picture alone
     * @param watched the models of who answers
     */
    private record Picture(List<Contract> list, Map<String, Contract> byCode, Map<String, List<Contract>> versions,
            Map<String, ContractMethod> byFullName, Map<ContractMethod, Operation> operations,
            Map<ContractMethod, Operation> own, Routes routes, List<Watched> watched) {

        static Picture of(List<Answered> answered, List<Contract> retired, Map<ContractMethod, Operation> before) {
            List<Contract> list = answered.stream().map(Answered::contract).sorted(IN_ORDER).toList();
            Map<String, Contract> byCode = new LinkedHashMap<>();
            Map<String, ContractMethod> byFullName = new LinkedHashMap<>();
            Map<String, Contract> byVersion = new HashMap<>();
            Map<String, List<Contract>> versions = new HashMap<>();
            for (Contract contract : list) {
                Contract other = byVersion.putIfAbsent(contract.code() + "/" + contract.version(), contract);
                if (other != null) {
                    throw new ContractException(other.serviceName() + " and " + contract.serviceName()
                            + " both have the product code " + contract.code() + ".");
                }
                byCode.put(contract.code(), contract); // in order of versions, so the newest is what remains
                versions.computeIfAbsent(contract.code(), _ -> new ArrayList<>()).addFirst(contract);
                for (ContractMethod method : contract.methods()) {
                    if (byFullName.putIfAbsent(method.fullMethodName(), method) != null) {
                        throw new ContractException("two contracts have the method " + method.fullMethodName() + ".");
                    }
                }
            }
            for (Contract contract : retired.stream().sorted(IN_ORDER.reversed()).toList()) {
                if (!byVersion.containsKey(contract.code() + "/" + contract.version())) {
                    byCode.putIfAbsent(contract.code(), contract);
                    versions.computeIfAbsent(contract.code(), _ -> new ArrayList<>()).add(contract);
                }
            }
            Map<ContractMethod, Operation> own = new HashMap<>();
            answered.forEach(each -> own.putAll(each.operations()));
            Map<ContractMethod, Operation> operations = new HashMap<>(before);
            operations.putAll(own);
            versions.replaceAll((_, each) -> List.copyOf(each));
            return new Picture(list, Map.copyOf(byCode), Map.copyOf(versions), byFullName, Map.copyOf(operations), Map.copyOf(own),
                    Routes.of(list), watchedOf(answered));
        }

        private static List<Watched> watchedOf(List<Answered> answered) {
            List<Watched> watched = new ArrayList<>();
            for (Answered each : answered) {
                if (each.product() != null) {
                    each.product().watchedModels().forEach(model -> watched.add(new Watched(each.contract().code(), model)));
                }
            }
            return List.copyOf(watched);
        }
    }

    /**
     * The contracts of {@code products}, in the order of their codes, each checked against its operations.
     *
     * @throws ContractException if one cannot be served or two are in each other's way
     */
    public static Contracts of(List<DataProduct> products) {
        return new Contracts(products.stream().map(Answered::of).toList());
    }

    /**
     * The contracts the descriptors declare, for documents: nobody answers them.
     *
     * @throws ContractException if one could not be served or two would be in each other's way
     */
    public static Contracts described(List<ServiceDescriptor> services) {
        return new Contracts(services.stream().map(service -> new Answered(Contract.of(service), Map.of(), null)).toList());
    }

    /**
     * Serves {@code declared} beside the products that were there from the start, instead of what was declared before; a product
     * that was served already and is the same object keeps its methods. To be called by one thread.
     *
     * @param retired what was sold once and is answered no more: its names and units are still needed for what was sold
     * @throws ContractException if one cannot be served or two are in each other's way; what was served before then still is
     */
    public void serve(List<DataProduct> declared, List<ServiceDescriptor> retired) {
        IdentityHashMap<DataProduct, Answered> now = new IdentityHashMap<>();
        List<Answered> all = new ArrayList<>(fixed);
        for (DataProduct product : declared) {
            Answered known = serving.get(product);
            Answered answered = known == null ? Answered.of(product) : known;
            now.put(product, answered);
            all.add(answered);
        }
        picture = Picture.of(all, retired.stream().map(Contract::of).toList(), picture.own());
        serving = now;
        whenServed.run();
    }

    /** Who is told, on the thread that serves, that something else is served now. */
    public void whenServed(Runnable told) {
        whenServed = told;
    }

    /**
     * Whether {@code service} could be served beside what is served now, but for other versions of its own.
     *
     * @throws ContractException if not
     */
    public void checkBeside(ServiceDescriptor service) {
        Contract contract = Contract.of(service);
        List<Answered> all = new ArrayList<>();
        for (Contract each : picture.list()) {
            if (!each.code().equals(contract.code()) || each.version() != contract.version() || isFixed(each)) {
                all.add(new Answered(each, Map.of(), null));
            }
        }
        all.add(new Answered(contract, Map.of(), null));
        Picture.of(all, List.of(), Map.of());
    }

    /** Whether the product with this code was there from the start and is not for anyone to declare. */
    public boolean isFixed(String code) {
        return fixed.stream().anyMatch(each -> each.contract().code().equals(code));
    }

    private boolean isFixed(Contract contract) {
        return fixed.stream().anyMatch(each -> each.contract().equals(contract));
    }

    /** All contracts that are served, in the order of their product codes and versions. */
    public List<Contract> list() {
        return picture.list();
    }

    /** The contract of the product with this code: of several versions the newest; of what is served no more the last. */
    public Optional<Contract> findByCode(String code) {
        return Optional.ofNullable(picture.byCode().get(code));
    }

    /** Every version of the product with this code, newest first, those that are served no more too. */
    public List<Contract> listVersions(String code) {
        return picture.versions().getOrDefault(code, List.of());
    }

    /** The method with this gRPC name, {@code jingshu.echo.v1.EchoService/Echo}. */
    public Optional<ContractMethod> findMethod(String fullMethodName) {
        return Optional.ofNullable(picture.byFullName().get(fullMethodName));
    }

    /** Their addresses over HTTP. */
    public Routes routes() {
        return picture.routes();
    }

    /**
     * The operation that answers {@code method}.
     *
     * @throws IllegalArgumentException if it is no method of these contracts, or they are only described
     */
    public Operation operation(ContractMethod method) {
        Operation operation = picture.operations().get(method);
        if (operation == null) {
            throw new IllegalArgumentException(method + " is answered by nobody here");
        }
        return operation;
    }
}
