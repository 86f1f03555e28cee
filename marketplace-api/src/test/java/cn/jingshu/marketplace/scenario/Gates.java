package cn.jingshu.marketplace.scenario;

import cn.jingshu.products.kind.Declaration;
import cn.jingshu.products.kind.DeclarationReader;
import cn.jingshu.products.kind.DeclaredContract;
import cn.jingshu.products.kind.DescriptorSets;
import cn.jingshu.products.kind.Faults;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** A merchant's own service that speaks gRPC: it counts who passes the gates of a car park. */
public final class Gates {
    /** What the contract of the source that speaks gRPC says; how it is answered is said beside it. */
    private static final String GATES = """
            {"code": "gates", "version": 1, "kind": "upstream", "nameZh": "闸机", "nameEn": "Gates", "summaryZh": "闸机计数。", "summaryEn": "Counts at gates.",
             "operations": [{"name": "CountGate", "path": "gates/{gate_id}", "summaryZh": "计数", "summaryEn": "Counts",
                "parameters": [{"name": "gate_id", "type": "STRING", "sensitivity": "PUBLIC", "docZh": "编号", "docEn": "id", "required": true}],
                "columns": [{"name": "passed", "type": "INT64", "sensitivity": "PUBLIC", "docZh": "通过", "docEn": "passed", "example": "9", "referExample": "0"}],
                "upstream": {}}],
             "upstream": {}}
            """;

    private Gates() {}

    public static FileDescriptorSet contract() {
        Faults faults = new Faults();
        Declaration declaration = DeclarationReader.read(GATES, faults);
        FileDescriptorSet set = DeclaredContract.of(declaration, faults);
        if (!faults.isEmpty()) {
            throw new AssertionError(faults.list());
        }
        return set;
    }

    /** The merchant's own service, which knows gate 7 and no other, and answers a field that no contract declares. */
    public static Server start() throws IOException {
        MethodDescriptor method = DescriptorSets.service(contract()).getMethods().getFirst();
        io.grpc.MethodDescriptor<Message, Message> descriptor = io.grpc.MethodDescriptor.<Message, Message>newBuilder()
                .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(method.getService().getFullName() + "/" + method.getName())
                .setRequestMarshaller(ProtoUtils.marshaller((Message) DynamicMessage.getDefaultInstance(method.getInputType())))
                .setResponseMarshaller(ProtoUtils.marshaller((Message) DynamicMessage.getDefaultInstance(method.getOutputType())))
                .build();
        return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(ServerServiceDefinition.builder(method.getService().getFullName())
                        .addMethod(descriptor, ServerCalls.asyncUnaryCall((Message request, StreamObserver<Message> observer) -> {
                            String gate = (String) request.getField(request.getDescriptorForType().findFieldByName("gate_id"));
                            if (!gate.equals("7")) {
                                observer.onError(Status.NOT_FOUND.withDescription("secret of the source").asRuntimeException());
                                return;
                            }
                            observer.onNext(DynamicMessage.newBuilder(method.getOutputType())
                                    .setField(method.getOutputType().findFieldByName("passed"), 42L)
                                    .setUnknownFields(com.google.protobuf.UnknownFieldSet.newBuilder().addField(77,
                                            com.google.protobuf.UnknownFieldSet.Field.newBuilder().addVarint(5).build()).build())
                                    .build());
                            observer.onCompleted();
                        }))
                        .build())
                .build()
                .start();
    }
}
