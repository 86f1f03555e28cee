package cn.jingshu.products.domain.disclosure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.products.contract.ContractException;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.echo.v1.EchoProto;
import cn.jingshu.products.echo.v1.EchoRequest;
import cn.jingshu.products.echo.v1.EchoResponse;
import cn.jingshu.products.efficacy.v1.CompareTreatmentsRequest;
import cn.jingshu.products.efficacy.v1.DefineCohortRequest;
import cn.jingshu.products.efficacy.v1.EfficacyProto;
import cn.jingshu.products.efficacy.v1.GetAnalysisPackageRequest;
import cn.jingshu.products.efficacy.v1.ListAnalysesRequest;
import cn.jingshu.products.efficacy.v1.SafetySignalsRequest;
import cn.jingshu.products.efficacy.v1.SurvivalCurveRequest;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.CallerRef;
import cn.jingshu.products.spi.DataProduct;
import cn.jingshu.products.spi.Operation;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.Message;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** That nothing answers aggregates past the guards. */
class AggregatesTest {
    private static final CallFacts FACTS = new CallFacts(Instant.EPOCH, "r", false, CallerRef.MARKET);
    private static final Map<String, Message> EFFICACY = Map.of(
            "DefineCohort", DefineCohortRequest.getDefaultInstance(),
            "SafetySignals", SafetySignalsRequest.getDefaultInstance(),
            "SurvivalCurve", SurvivalCurveRequest.getDefaultInstance(),
            "CompareTreatments", CompareTreatmentsRequest.getDefaultInstance(),
            "ListAnalyses", ListAnalysesRequest.getDefaultInstance(),
            "GetAnalysisPackage", GetAnalysisPackageRequest.getDefaultInstance());

    private record Product(ServiceDescriptor contract, List<Operation> operations) implements DataProduct {}

    private static Operation plain(String method, Message prototype) {
        return new Operation.Unary<>(method, prototype, (_, request) -> CompletableFuture.completedFuture(Answer.of(request)));
    }

    private static Operation guarded(String method, Message prototype) {
        return new Aggregates().operation(method, prototype,
                (_, request, disclosure) -> CompletableFuture.completedFuture(Answer.of(request, disclosure.cells().threshold())));
    }

    /** The product efficacy, whose operation {@code forgotten} goes past the guards. */
    private static DataProduct efficacy(String forgotten) {
        List<Operation> operations = new ArrayList<>();
        EFFICACY.forEach((method, prototype) -> operations.add(
                method.equals(forgotten) || method.startsWith("List") || method.startsWith("Get") ? plain(method, prototype) : guarded(method, prototype)));
        return new Product(EfficacyProto.getDescriptor().findServiceByName("EfficacyService"), operations);
    }

    @Test
    void aContractThatSaysAggregateIsNotServedPastTheGuards() {
        assertThat(Contracts.of(List.of(efficacy(""))).list()).hasSize(1);
        for (String method : List.of("DefineCohort", "SafetySignals", "SurvivalCurve", "CompareTreatments")) {
            DataProduct forgetful = efficacy(method);
            assertThatThrownBy(() -> Contracts.of(List.of(forgetful))).isInstanceOf(ContractException.class)
                    .hasMessageContaining(method).hasMessageContaining("nothing guards");
        }
        Contracts served = Contracts.of(List.of());
        assertThatThrownBy(() -> served.serve(List.of(efficacy("SurvivalCurve")), List.of()))
                .as("nor is one that comes later").isInstanceOf(ContractException.class);
        assertThat(served.list()).isEmpty();
    }

    @Test
    void whoAnswersAggregatesSaysSo() {
        DataProduct silent = new Product(EchoProto.getDescriptor().findServiceByName("EchoService"),
                List.of(guarded("Echo", EchoRequest.getDefaultInstance())));
        assertThatThrownBy(() -> Contracts.of(List.of(silent))).isInstanceOf(ContractException.class).hasMessageContaining("set aggregate");
    }

    private static CompletionStage<Answer<EchoResponse>> asked(Aggregates.Work<EchoRequest, EchoResponse> work) {
        Operation operation = new Aggregates().operation("Echo", EchoRequest.getDefaultInstance(), work);
        @SuppressWarnings("unchecked") // made of this work just now
        var unary = (Operation.Unary<EchoRequest, EchoResponse>) operation;
        return unary.handler().answer(FACTS, EchoRequest.getDefaultInstance());
    }

    @Test
    void whatWasFoundLeavesOnlyIfTheGuardsWereAsked() {
        Answer<EchoResponse> found = Answer.of(EchoResponse.getDefaultInstance());
        assertThatThrownBy(() -> asked((_, _, _) -> CompletableFuture.completedFuture(found)).toCompletableFuture().join())
                .isInstanceOf(CompletionException.class).hasRootCauseInstanceOf(IllegalStateException.class)
                .hasMessageContaining("past its guards");
        assertThatThrownBy(() -> asked((_, _, disclosure) -> {
            assertThat(disclosure.cells().isSmall(9)).isTrue();
            return CompletableFuture.completedFuture(found);
        }).toCompletableFuture().join()).as("to have read the threshold is not to have asked").hasRootCauseInstanceOf(IllegalStateException.class);
        assertThat(asked((_, _, disclosure) -> {
            disclosure.tellOfNoCohort();
            return CompletableFuture.completedFuture(found);
        }).toCompletableFuture()).isCompletedWithValue(found);
        Answer<EchoResponse> refused = Answer.notFound("没有", "none");
        assertThat(asked((_, _, _) -> CompletableFuture.completedFuture(refused)).toCompletableFuture())
                .as("a refusal tells of nobody").isCompletedWithValue(refused);
    }
}
