package cn.jingshu.products.prescription;

import cn.jingshu.products.domain.DataDomain;
import cn.jingshu.products.domain.DomainNeeds;
import cn.jingshu.products.domain.ProductData;
import cn.jingshu.products.prescription.v1.CheckEligibilityRequest;
import cn.jingshu.products.prescription.v1.CheckInteractionsRequest;
import cn.jingshu.products.prescription.v1.ChooseRouteRequest;
import cn.jingshu.products.prescription.v1.DecideRefillRequest;
import cn.jingshu.products.prescription.v1.GetRoutingRequest;
import cn.jingshu.products.prescription.v1.ListPlacesRequest;
import cn.jingshu.products.prescription.v1.PlaceKind;
import cn.jingshu.products.prescription.v1.PrescriptionProto;
import cn.jingshu.products.prescription.v1.RecordDispensingRequest;
import cn.jingshu.products.prescription.v1.RequestRefillRequest;
import cn.jingshu.products.records.HealthTables;
import cn.jingshu.products.spi.DataProduct;
import cn.jingshu.products.spi.Operation;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.util.List;
import java.util.Map;

/** Online prescriptions for chronic disease (慢病线上开处方): the rules inform, a doctor decides, the patient chooses. */
public final class PrescriptionProduct implements DataProduct {
    /** What the product reads and keeps. */
    public static final DomainNeeds NEEDS = new DomainNeeds("prescription", 1, Map.of(
            HealthTables.HYPERTENSION_FOLLOW_UP, List.of("follow_up_id", "person", "followed_up_on", "systolic_mmhg", "diastolic_mmhg"),
            HealthTables.OUTPATIENT_VISIT, List.of("visit_id", "person", "emergency", "visited_on", "diagnosis_code"),
            HealthTables.INSURANCE_SPENDING, List.of("item_id", "person", "spent_on", "item_name", "days_supplied"),
            HealthTables.INSURED_PERSON, List.of("person", "birth_year", "district", "insured"),
            HealthTables.INSTITUTION_DRUG, List.of("institution", "name", "kind", "district", "drug_name", "in_stock")),
            "db/product/prescription", new SyntheticPatients(), PrescriptionKept.ALL);

    private final RefillOperations refills;
    private final PlaceOperations places;

    /** Opens what the product needs of the domain and reads its records. */
    public PrescriptionProduct(DataDomain domain, PrescriptionSettings settings) {
        ProductData data = domain.open(NEEDS);
        InteractionRules interactions = settings.interactionRules();
        refills = new RefillOperations(data, settings, interactions);
        places = new PlaceOperations(data, interactions);
    }

    @Override
    public ServiceDescriptor contract() {
        return PrescriptionProto.getDescriptor().findServiceByName("PrescriptionService");
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                new Operation.Unary<>("CheckEligibility", CheckEligibilityRequest.getDefaultInstance(), refills::eligibility),
                new Operation.Unary<>("RequestRefill", RequestRefillRequest.getDefaultInstance(), refills::request),
                new Operation.Unary<>("DecideRefill", DecideRefillRequest.getDefaultInstance(), refills::decide),
                new Operation.Unary<>("ListHospitals", ListPlacesRequest.getDefaultInstance(),
                        (facts, request) -> places.list(facts, request, PlaceKind.HOSPITAL)),
                new Operation.Unary<>("ListPharmacies", ListPlacesRequest.getDefaultInstance(),
                        (facts, request) -> places.list(facts, request, PlaceKind.PHARMACY)),
                new Operation.Unary<>("ChooseRoute", ChooseRouteRequest.getDefaultInstance(), refills::choose),
                new Operation.Unary<>("RecordDispensing", RecordDispensingRequest.getDefaultInstance(), refills::dispense),
                new Operation.Unary<>("GetRouting", GetRoutingRequest.getDefaultInstance(), refills::routing),
                new Operation.Unary<>("CheckInteractions", CheckInteractionsRequest.getDefaultInstance(), places::interactions));
    }
}
