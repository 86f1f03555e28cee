package cn.jingshu.products.contract;

import cn.jingshu.products.spi.DataProduct;
import cn.jingshu.products.spi.Operation;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Every contract of the house and who answers it: the one object the edges, the catalogue and the portal start from. */
public final class Contracts {
    private final Map<String, Contract> byCode;
    private final Map<String, ContractMethod> byFullName;
    private final Map<ContractMethod, Operation> operations;
    private final Routes routes;

    private Contracts(List<Contract> contracts, Map<ContractMethod, Operation> operations) {
        this.byCode = new LinkedHashMap<>();
        this.byFullName = new LinkedHashMap<>();
        for (Contract contract : contracts) {
            Contract other = byCode.putIfAbsent(contract.code(), contract);
            if (other != null) {
                throw new ContractException(other.serviceName() + " and " + contract.serviceName()
                        + " both have the product code " + contract.code() + ".");
            }
            contract.methods().forEach(method -> byFullName.put(method.fullMethodName(), method));
        }
        this.operations = Map.copyOf(operations);
        this.routes = Routes.of(contracts);
    }

    /**
     * The contracts of {@code products}, in the order of their codes, each checked against its operations.
     *
     * @throws ContractException if one cannot be served or two are in each other's way
     */
    public static Contracts of(List<DataProduct> products) {
        List<Contract> contracts = new ArrayList<>();
        Map<ContractMethod, Operation> operations = new HashMap<>();
        for (DataProduct product : products) {
            Contract contract = Contract.of(product);
            Map<String, Operation> byMethod = Contract.operationsByMethod(product);
            for (ContractMethod method : contract.methods()) {
                operations.put(method, Objects.requireNonNull(byMethod.get(method.name())));
            }
            contracts.add(contract);
        }
        contracts.sort(Comparator.comparing(Contract::code));
        return new Contracts(contracts, operations);
    }

    /**
     * The contracts the descriptors declare, for documents: nobody answers them.
     *
     * @throws ContractException if one could not be served or two would be in each other's way
     */
    public static Contracts described(List<ServiceDescriptor> services) {
        List<Contract> contracts = new ArrayList<>(services.stream().map(Contract::of).toList());
        contracts.sort(Comparator.comparing(Contract::code));
        return new Contracts(contracts, Map.of());
    }

    /** All contracts, in the order of their product codes. */
    public List<Contract> list() {
        return List.copyOf(byCode.values());
    }

    /** The contract of the product with this code. */
    public Optional<Contract> findByCode(String code) {
        return Optional.ofNullable(byCode.get(code));
    }

    /** The method with this gRPC name, {@code jingshu.echo.v1.EchoService/Echo}. */
    public Optional<ContractMethod> findMethod(String fullMethodName) {
        return Optional.ofNullable(byFullName.get(fullMethodName));
    }

    /** Their addresses over HTTP. */
    public Routes routes() {
        return routes;
    }

    /**
     * The operation that answers {@code method}.
     *
     * @throws IllegalArgumentException if it is no method of these contracts, or they are only described
     */
    public Operation operation(ContractMethod method) {
        Operation operation = operations.get(method);
        if (operation == null) {
            throw new IllegalArgumentException(method + " is answered by nobody here");
        }
        return operation;
    }
}
