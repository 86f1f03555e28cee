package cn.jingshu.marketplace.edge.grpc;

import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.contract.ContractMethod;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.ProtoServiceDescriptorSupplier;
import io.grpc.protobuf.ProtoUtils;
import java.util.function.Function;

/** A contract as a gRPC service, built from its descriptor; reflection shows the same descriptor. */
final class ContractService {
    private ContractService() {}

    /** @param handlers who takes a call of each method on */
    static ServerServiceDefinition of(
            Contract contract, Function<ContractMethod, ServerCallHandler<Message, Message>> handlers) {
        var service = io.grpc.ServiceDescriptor.newBuilder(contract.serviceName())
                .setSchemaDescriptor(new Schema(contract.service()));
        var methods = contract.methods().stream().map(ContractService::descriptor).toList();
        methods.forEach(service::addMethod);
        ServerServiceDefinition.Builder definition = ServerServiceDefinition.builder(service.build());
        for (int i = 0; i < methods.size(); i++) {
            definition.addMethod(methods.get(i), handlers.apply(contract.methods().get(i)));
        }
        return definition.build();
    }

    private static MethodDescriptor<Message, Message> descriptor(ContractMethod method) {
        return MethodDescriptor.<Message, Message>newBuilder()
                .setType(method.streaming() ? MethodDescriptor.MethodType.SERVER_STREAMING : MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(method.fullMethodName())
                .setRequestMarshaller(ProtoUtils.marshaller(method.requestPrototype()))
                .setResponseMarshaller(ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(method.response())))
                .setSampledToLocalTracing(false)
                .build();
    }

    private record Schema(ServiceDescriptor service) implements ProtoServiceDescriptorSupplier {
        @Override
        public FileDescriptor getFileDescriptor() {
            return service.getFile();
        }

        @Override
        public ServiceDescriptor getServiceDescriptor() {
            return service;
        }
    }
}
