package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.ledger.tariff.Tariff;
import cn.jingshu.marketplace.declared.DeclaredProducts;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.pricing.PriceBook;
import cn.jingshu.marketplace.pricing.PublishedTariff;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.contract.v1.Charging;
import cn.jingshu.products.contract.v1.ContractOptionsProto;
import cn.jingshu.products.kind.DeclarationReader;
import cn.jingshu.products.kind.DeclaredContract;
import cn.jingshu.products.kind.Faults;
import cn.jingshu.products.kind.Kind;
import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A declared product from before a rule of declarations: it is served by the rule, and its merchant knows. */
class KeptDeclarationIT {
    private static final String DEMAND = """
            {"code": "kept-demand", "version": 1, "kind": "model", "nameZh": "需求", "nameEn": "Demand", "summaryZh": "停车需求。", "summaryEn": "Demand for parking.",
             "operations": [{"name": "Estimate", "verb": "POST", "path": "estimate", "staleIsFree": false, "summaryZh": "估计", "summaryEn": "Estimates",
               "parameters": [{"name": "a", "type": "DOUBLE", "sensitivity": "PUBLIC", "docZh": "甲", "docEn": "a", "required": true, "minimum": -10, "maximum": 10}],
               "columns": [{"name": "probability", "type": "DOUBLE", "sensitivity": "PUBLIC", "docZh": "概率", "docEn": "probability", "example": "0.5"}],
               "model": {"input": "x", "features": ["a"], "outputs": {"probability": {"name": "p"}}}}],
             "model": {"modelVersion": "1.0", "metrics": [{"name": "AUC", "value": 0.81, "dataset": "2026年上半年留出样本"}],
               "card": {"intendedUse": "估计停车需求,供诱导使用。", "trainingData": "2025年停车记录,已去标识。", "evaluationData": "2026年上半年留出样本。",
                        "limits": "节假日误差较大,不用于处罚。", "author": "某公司", "licence": "自有"}}}
            """;

    /** As an earlier release kept it: stale answers billed, by declaration and contract; and free whatever the use. */
    private static ByteString billed() {
        Faults faults = new Faults();
        FileDescriptorSet.Builder set = DeclaredContract.of(DeclarationReader.readKept(DEMAND, faults), faults).toBuilder();
        assertThat(faults.list()).isEmpty();
        set.getFileBuilder(0).getServiceBuilder(0).getMethodBuilderList().forEach(method -> method.getOptionsBuilder().setExtension(
                ContractOptionsProto.operation, method.getOptions().getExtension(ContractOptionsProto.operation).toBuilder().clearStaleIsFree().build()));
        var options = set.getFileBuilder(0).getServiceBuilder(0).getOptionsBuilder();
        options.setExtension(ContractOptionsProto.product,
                options.getExtension(ContractOptionsProto.product).toBuilder().setCharging(Charging.FREE_ONLY).build());
        return set.build().toByteString();
    }

    @Test
    void whatWasApprovedWithStaleAnswersBilledIsServedWithThemFreeAndItsMerchantIsTold() throws Exception {
        SharedNode house = SharedNode.get();
        UUID merchant = house.market.organisationOf("merchant2").id();
        UUID writer = house.market.person("merchant2").id();
        UUID bureau = house.market.person("bureau").id();
        DeclaredProducts products = house.node.get(DeclaredProducts.class);
        var draft = new DeclaredProducts.Draft(UUID.randomUUID(), "kept-demand", 1, Kind.MODEL, merchant, DEMAND, billed(), ByteString.copyFrom(Sigmoid.onnx()));
        assertThat(products.write(draft, writer)).isEqualTo(new Change.Done(false));
        assertThat(products.submit(draft.id(), draft.digest(), writer)).isEqualTo(new Change.Done(false));
        PriceBook prices = house.node.get(PriceBook.class);
        Instant priced = Instant.now();
        assertThat(prices.save(new PriceBook.Proposal(UUID.randomUUID(), "kept-demand", PriceBook.EVERY_OPERATION, Purpose.INDUSTRY,
                new Tariff.PerUnit(UnitPrice.ofFen("1")), null, true, priced.plusSeconds(1), priced, house.market.person("operator").id(), bureau)))
                .isInstanceOf(PriceBook.Outcome.Saved.class);
        assertThat(products.approve(draft.id(), bureau, "核准")).isEqualTo(new Change.Done(false));
        try {
            Contract served = Until.holds(Duration.ofSeconds(20), () -> house.node.get(Contracts.class).list().stream()
                    .filter(each -> each.code().equals("kept-demand")).findFirst(), Optional::isPresent).orElseThrow();
            assertThat(served.methods()).hasSize(1).allMatch(ContractMethod::staleIsFree);
            List<String> told = house.node.get(Database.class).inTransaction(t -> t.list(
                    "SELECT about FROM market.notification WHERE kind = 'STALE_IS_FREE' AND organisation_id = ?", row -> row.text("about"), merchant));
            assertThat(told).containsExactly("kept-demand v1");
            Until.holds(Duration.ofSeconds(10), () -> prices.priceAt("kept-demand", "Estimate", Purpose.INDUSTRY, priced.plusSeconds(60))
                    .map(PublishedTariff::tariff), found -> found.isPresent() && found.get() instanceof Tariff.Free);
        } finally {
            products.withdraw(new DeclaredProducts.Version("kept-demand", 1), bureau, "test");
        }
    }
}
