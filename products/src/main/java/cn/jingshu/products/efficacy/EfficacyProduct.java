package cn.jingshu.products.efficacy;

import cn.jingshu.products.domain.DataDomain;
import cn.jingshu.products.domain.DomainNeeds;
import cn.jingshu.products.domain.ProductData;
import cn.jingshu.products.domain.disclosure.Aggregates;
import cn.jingshu.products.domain.disclosure.DifferencingGuard;
import cn.jingshu.products.domain.disclosure.SmallCells;
import cn.jingshu.products.efficacy.v1.CompareTreatmentsRequest;
import cn.jingshu.products.efficacy.v1.DefineCohortRequest;
import cn.jingshu.products.efficacy.v1.EfficacyProto;
import cn.jingshu.products.efficacy.v1.GetAnalysisPackageRequest;
import cn.jingshu.products.efficacy.v1.ListAnalysesRequest;
import cn.jingshu.products.efficacy.v1.SafetySignalsRequest;
import cn.jingshu.products.efficacy.v1.SurvivalCurveRequest;
import cn.jingshu.products.records.HealthTables;
import cn.jingshu.products.spi.DataProduct;
import cn.jingshu.products.spi.Operation;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.util.List;
import java.util.Map;

/** Retrospective studies of efficacy and safety (回顾性疗效安全性研究) on the records of the health domain, as aggregates only. */
public final class EfficacyProduct implements DataProduct {
    /** What the product reads: the grants of three providers have to cover all of it. */
    public static final DomainNeeds NEEDS = new DomainNeeds("efficacy", 1, Map.of(
            MarketTables.MARKET_DRUG, List.of("approval_number", "generic_name", "holder", "on_market"),
            HealthTables.INSURED_PERSON, List.of("person", "male", "birth_year"),
            HealthTables.INSURANCE_SPENDING, List.of("item_id", "person", "spent_on", "item_name", "days_supplied"),
            HealthTables.OUTPATIENT_VISIT, List.of("visit_id", "person", "visited_on", "diagnosis_code"),
            HealthTables.DISCHARGE, List.of("stay_id", "person", "admitted_on", "discharged_on", "diagnosis_code",
                    "further_diagnoses", "died")),
            "db/product/efficacy", new SyntheticStudy(), EfficacyKept.ALL);

    /** Until this platform knew who calls, what was answered was kept under this name, whoever had asked. */
    private static final String ASKER_OF_ALL = "efficacy";

    private final Aggregates aggregates = new Aggregates(new SmallCells(), new DifferencingGuard().rememberingAlso(ASKER_OF_ALL));
    private final CohortOperations cohorts;
    private final AnalysisOperations analyses;

    /** Opens what the product needs of the domain. */
    public EfficacyProduct(DataDomain domain) {
        ProductData data = domain.open(NEEDS);
        cohorts = new CohortOperations(data);
        analyses = new AnalysisOperations(data);
    }

    @Override
    public ServiceDescriptor contract() {
        return EfficacyProto.getDescriptor().findServiceByName("EfficacyService");
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                aggregates.operation("DefineCohort", DefineCohortRequest.getDefaultInstance(), cohorts::define),
                aggregates.operation("SafetySignals", SafetySignalsRequest.getDefaultInstance(), analyses::signals),
                aggregates.operation("SurvivalCurve", SurvivalCurveRequest.getDefaultInstance(), analyses::survival),
                aggregates.operation("CompareTreatments", CompareTreatmentsRequest.getDefaultInstance(), analyses::compare),
                new Operation.Unary<>("ListAnalyses", ListAnalysesRequest.getDefaultInstance(), cohorts::listAnalyses),
                new Operation.Unary<>("GetAnalysisPackage", GetAnalysisPackageRequest.getDefaultInstance(), cohorts::getPackage));
    }
}
