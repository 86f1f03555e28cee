package cn.jingshu.marketplace.edge.grpc;

import cn.jingshu.marketplace.edge.EchoAnswer;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.echo.v1.EchoRequest;
import com.google.protobuf.Message;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;

/**
 * The same gRPC server with nothing to do: {@code jingshu.benchmark.v1.BareService/Echo} answers the very message of the echo
 * product in the way a product's are answered, without key, limit, quota, contract or record. Only in the load form of the server.
 */
@Singleton
@Requires(property = "benchmark.bare", value = "true")
final class BareGrpcEcho implements BindableService {
    private static final String SERVICE = "jingshu.benchmark.v1.BareService";

    private final Message answer;

    BareGrpcEcho(Contracts contracts) {
        this.answer = EchoAnswer.of(contracts).message();
    }

    @Override
    public ServerServiceDefinition bindService() {
        MethodDescriptor<Message, Message> echo = MethodDescriptor.<Message, Message>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(SERVICE + "/Echo")
                .setRequestMarshaller(ProtoUtils.<Message>marshaller(EchoRequest.getDefaultInstance()))
                .setResponseMarshaller(ProtoUtils.marshaller(answer))
                .build();
        return ServerServiceDefinition.builder(SERVICE)
                .addMethod(echo, (call, _) -> new UnaryListener(call, _ -> {
                    call.sendHeaders(new Metadata());
                    call.sendMessage(answer);
                    call.close(Status.OK, new Metadata());
                }))
                .build();
    }
}
