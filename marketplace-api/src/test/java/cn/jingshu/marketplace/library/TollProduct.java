package cn.jingshu.marketplace.library;

import cn.jingshu.products.contract.v1.ContractOptionsProto;
import cn.jingshu.products.contract.v1.Meter;
import cn.jingshu.products.contract.v1.MeterUnit;
import cn.jingshu.products.kind.Declaration;
import cn.jingshu.products.kind.DeclarationReader;
import cn.jingshu.products.kind.DeclaredContract;
import cn.jingshu.products.kind.DescriptorSets;
import cn.jingshu.products.kind.Faults;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.DataProduct;
import cn.jingshu.products.spi.Operation;
import cn.jingshu.products.spi.StreamItem;
import cn.jingshu.products.spi.StreamRefusal;
import com.google.api.AnnotationsProto;
import com.google.api.HttpRule;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodOptions;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.DynamicMessage;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** Counts at gates, which costs something whether there is an answer or not: seven units for a 304, three refused, five failed. */
@Singleton
@Requires(property = TollProduct.PROPERTY)
public final class TollProduct implements DataProduct {
    /** Set: the product is there. */
    public static final String PROPERTY = "test.toll";

    private static final String DECLARED = """
            {"code": "toll", "version": 1, "kind": "upstream", "nameZh": "关卡", "nameEn": "Toll", "summaryZh": "仅用于测试。", "summaryEn": "For tests only.",
             "operations": [{"name": "CountGate", "path": "gates/{gate}", "summaryZh": "计数", "summaryEn": "Counts",
                "notModifiedUnits": 7, "refusedUnits": 3,
                "parameters": [{"name": "gate", "type": "STRING", "sensitivity": "PUBLIC", "docZh": "编号", "docEn": "id", "required": true, "maxLength": 10}],
                "columns": [{"name": "passed", "type": "INT64", "sensitivity": "PUBLIC", "docZh": "通过", "docEn": "passed"}], "upstream": {}}],
             "upstream": {}}
            """;

    private final ServiceDescriptor contract = describe();

    private static ServiceDescriptor describe() {
        Faults faults = new Faults();
        Declaration declaration = DeclarationReader.read(DECLARED, faults);
        FileDescriptorProto file = DeclaredContract.of(declaration, faults).getFile(0);
        if (!faults.isEmpty()) {
            throw new IllegalStateException(faults.list().toString());
        }
        MethodDescriptorProto count = billingFailures(file.getService(0).getMethod(0));
        MethodDescriptorProto watch = count.toBuilder().setName("WatchGate").setServerStreaming(true)
                .setOptions(MethodOptions.newBuilder()
                        .setExtension(AnnotationsProto.http, HttpRule.newBuilder().setGet("/v1/toll/gates/{gate}/watch").build())
                        .setExtension(ContractOptionsProto.operation, cn.jingshu.products.contract.v1.Operation.newBuilder()
                                .setMeter(Meter.newBuilder().setUnit(MeterUnit.MINUTE).setRefusedUnits(4).setFailedUnits(6))
                                .setSummaryZh("持续计数").setSummaryEn("Goes on counting").build()))
                .build();
        FileDescriptorProto.Builder both = file.toBuilder();
        both.getServiceBuilder(0).setMethod(0, count).addMethod(watch);
        return DescriptorSets.service(FileDescriptorSet.newBuilder().addFile(both).build());
    }

    /** As only a contract of the house's own can say: failed calls of declared products are never billed. */
    private static MethodDescriptorProto billingFailures(MethodDescriptorProto method) {
        var said = method.getOptions().getExtension(ContractOptionsProto.operation);
        return method.toBuilder().setOptions(method.getOptions().toBuilder().setExtension(ContractOptionsProto.operation,
                said.toBuilder().setMeter(said.getMeter().toBuilder().setFailedUnits(5)).build())).build();
    }

    @Override
    public ServiceDescriptor contract() {
        return contract;
    }

    @Override
    public List<Operation> operations() {
        DynamicMessage asked = DynamicMessage.getDefaultInstance(contract.findMethodByName("CountGate").getInputType());
        return List.of(new Operation.Unary<>("CountGate", asked, this::count), new Operation.Streaming<>("WatchGate", asked, this::watch));
    }

    private static String gateOf(DynamicMessage request) {
        return (String) request.getField(request.getDescriptorForType().findFieldByName("gate"));
    }

    private CompletionStage<Answer<DynamicMessage>> count(CallFacts facts, DynamicMessage request) {
        return switch (gateOf(request)) {
            case "none" -> CompletableFuture.completedFuture(Answer.notFound("没有这个关卡", "there is no such gate"));
            case "broken" -> throw new IllegalStateException("on purpose");
            default -> CompletableFuture.completedFuture(Answer.of(passed()));
        };
    }

    private DynamicMessage passed() {
        var answer = contract.findMethodByName("CountGate").getOutputType();
        return DynamicMessage.newBuilder(answer).setField(answer.findFieldByName("passed"), 42L).build();
    }

    private Flow.Publisher<StreamItem<DynamicMessage>> watch(CallFacts facts, DynamicMessage request, String lastEventId) {
        return subscriber -> subscriber.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long demand) {
                switch (gateOf(request)) {
                    case "none" -> subscriber.onError(
                            new StreamRefusal(new Answer.Refused<>(Answer.Fault.LIMIT_REACHED, "今日已满", "enough was watched today", List.of())));
                    case "broken" -> subscriber.onError(new IllegalStateException("on purpose"));
                    default -> throw new IllegalArgumentException(gateOf(request));
                }
            }

            @Override
            public void cancel() {
                // it has ended already
            }
        });
    }
}
