package cn.jingshu.marketplace.edge.grpc;

import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.contract.Contracts;
import io.grpc.HandlerRegistry;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The services of products that were declared at run time. It is asked for what the server did not have from the start, and by
 * reflection, and looks first whether the contracts served are still those it knows.
 */
final class ServedServices extends HandlerRegistry {
    private static final MethodDescriptor.Marshaller<InputStream> AS_IT_CAME = new Unread();

    private final Contracts contracts;
    private final Function<Contract, ServerServiceDefinition> definition;
    private volatile Picture picture;

    /** @param definition the service that answers a contract */
    ServedServices(Contracts contracts, Function<Contract, ServerServiceDefinition> definition) {
        this.contracts = contracts;
        this.definition = definition;
        this.picture = new Picture(List.of(), Map.of(), List.of(), Map.of());
    }

    /**
     * @param of the contracts it was made from
     * @param byContract the service of each, which stays the same object while the contract does
     */
    private record Picture(List<Contract> of, Map<Contract, ServerServiceDefinition> byContract,
            List<ServerServiceDefinition> services, Map<String, ServerMethodDefinition<?, ?>> methods) {}

    @SuppressWarnings("ReferenceEquality") // the same list is the same picture
    private Picture current() {
        Picture known = picture;
        List<Contract> served = contracts.list();
        if (known.of() == served) {
            return known;
        }
        Map<Contract, ServerServiceDefinition> byContract = new HashMap<>();
        Map<String, ServerMethodDefinition<?, ?>> methods = new HashMap<>();
        for (Contract contract : served) {
            if (!contracts.isFixed(contract.code())) {
                ServerServiceDefinition before = known.byContract().get(contract);
                ServerServiceDefinition service = before == null ? definition.apply(contract) : before;
                byContract.put(contract, service);
                service.getMethods().forEach(method -> methods.put(method.getMethodDescriptor().getFullMethodName(), method));
            }
        }
        Picture made = new Picture(served, byContract, List.copyOf(byContract.values()), methods);
        picture = made; // two that make it at the same time make the same
        return made;
    }

    @Override
    public List<ServerServiceDefinition> getServices() {
        return current().services();
    }

    /** Of what nothing answers, one that says so: the server's own words would have no code. */
    @Override
    public ServerMethodDefinition<?, ?> lookupMethod(String methodName, @Nullable String authority) {
        ServerMethodDefinition<?, ?> served = current().methods().get(methodName);
        return served == null ? noSuchMethod(methodName) : served;
    }

    private static ServerMethodDefinition<InputStream, InputStream> noSuchMethod(String name) {
        MethodDescriptor<InputStream, InputStream> method = MethodDescriptor.<InputStream, InputStream>newBuilder()
                .setType(MethodDescriptor.MethodType.UNKNOWN)
                .setFullMethodName(name)
                .setRequestMarshaller(AS_IT_CAME)
                .setResponseMarshaller(AS_IT_CAME)
                .setSampledToLocalTracing(false)
                .build();
        return ServerMethodDefinition.create(method, (call, metadata) -> {
            CallMetadata said = CallMetadata.of(metadata);
            StatusRuntimeException refusal = GrpcRefusals.exception(Refusal.NO_SUCH_PATH, said.requestId(), said.answer(null, null));
            call.close(refusal.getStatus(), Objects.requireNonNull(refusal.getTrailers(), "a refusal has its details"));
            return new ServerCall.Listener<>() {};
        });
    }

    private static final class Unread implements MethodDescriptor.Marshaller<InputStream> {
        @Override
        public InputStream stream(InputStream value) {
            return value;
        }

        @Override
        public InputStream parse(InputStream stream) {
            return stream;
        }
    }
}
