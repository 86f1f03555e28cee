package cn.jingshu.products.garden;

import cn.jingshu.products.garden.v1.GardenProto;
import cn.jingshu.products.garden.v1.GetPhotoRequest;
import cn.jingshu.products.garden.v1.GetPlantRequest;
import cn.jingshu.products.garden.v1.ListPlantsRequest;
import cn.jingshu.products.garden.v1.ListPlantsResponse;
import cn.jingshu.products.garden.v1.Plant;
import cn.jingshu.products.garden.v1.PlantManyRequest;
import cn.jingshu.products.garden.v1.ReplacePlantRequest;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.DataProduct;
import cn.jingshu.products.spi.Operation;
import cn.jingshu.products.spi.StreamItem;
import com.google.api.HttpBody;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.SubmissionPublisher;

/** Uses every part of the mechanism; a product as any other, with the operations it is given. */
public record GardenProduct(List<Operation> operations) implements DataProduct {
    /** An operation for each method of the contract. */
    public static final List<Operation> ALL = List.of(
            new Operation.Unary<>(
                    "GetPlant",
                    GetPlantRequest.getDefaultInstance(),
                    (_, request) -> CompletableFuture.completedStage(Answer.of(
                            Plant.newBuilder().setPlantId(request.getPlantId()).build()))),
            new Operation.Unary<>(
                    "ListPlants",
                    ListPlantsRequest.getDefaultInstance(),
                    (_, _) -> CompletableFuture.completedStage(Answer.of(ListPlantsResponse.getDefaultInstance()))),
            new Operation.Unary<>(
                    "PlantMany",
                    PlantManyRequest.getDefaultInstance(),
                    (_, _) -> CompletableFuture.completedStage(Answer.of(ListPlantsResponse.getDefaultInstance()))),
            new Operation.Unary<>(
                    "ReplacePlant",
                    ReplacePlantRequest.getDefaultInstance(),
                    (_, request) -> CompletableFuture.completedStage(Answer.of(request.getPlant()))),
            new Operation.Streaming<>(
                    "WatchPlants", ListPlantsRequest.getDefaultInstance(), (_, _, _) -> new SubmissionPublisher<StreamItem<Plant>>()),
            new Operation.Unary<>(
                    "GetPhoto",
                    GetPhotoRequest.getDefaultInstance(),
                    (_, _) -> CompletableFuture.completedStage(Answer.of(HttpBody.newBuilder()
                            .setContentType("image/png")
                            .setData(ByteString.copyFromUtf8("png"))
                            .build()))));

    @Override
    public ServiceDescriptor contract() {
        return GardenProto.getDescriptor().findServiceByName("GardenService");
    }
}
