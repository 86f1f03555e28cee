package cn.jingshu.products.echo;

import cn.jingshu.products.echo.v1.EchoProto;
import cn.jingshu.products.echo.v1.EchoRequest;
import cn.jingshu.products.echo.v1.EchoResponse;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.DataProduct;
import cn.jingshu.products.spi.Operation;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Answers every call with the same 202 bytes of JSON. */
@Singleton
public final class EchoProduct implements DataProduct {
    private static final EchoResponse RESPONSE = EchoResponse.newBuilder()
            .setProduct("echo")
            .setMessage("Jingshu answers: key, network and meter work.")
            .setPadding("-".repeat(113))
            .build();

    private static final CompletionStage<Answer<EchoResponse>> ANSWER =
            CompletableFuture.completedFuture(Answer.of(RESPONSE));

    @Override
    public ServiceDescriptor contract() {
        return EchoProto.getDescriptor().findServiceByName("EchoService");
    }

    @Override
    public List<Operation> operations() {
        return List.of(new Operation.Unary<>("Echo", EchoRequest.getDefaultInstance(), (_, _) -> ANSWER));
    }
}
