package cn.jingshu.products.kind;

import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.DataProduct;
import cn.jingshu.products.spi.Operation;
import cn.jingshu.products.spi.Retirement;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.DynamicMessage;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Declarations that tests begin with. */
public final class Declarations {
    /** A query of parking lots. */
    public static final String PARKING = """
            {"code": "parking", "version": 1, "kind": "sql",
             "nameZh": "停车场", "nameEn": "Parking", "summaryZh": "全市停车场。", "summaryEn": "Car parks of the city.",
             "resources": ["A2.8.4"],
             "operations": [
               {"name": "ListLots", "path": "lots", "meter": "ROW", "summaryZh": "列出停车场", "summaryEn": "Lists car parks",
                "parameters": [
                  {"name": "district", "type": "STRING", "sensitivity": "PUBLIC", "docZh": "区划", "docEn": "district", "example": "420802",
                   "required": true, "maxLength": 6},
                  {"name": "least_places", "type": "INT32", "sensitivity": "PUBLIC", "docZh": "最少车位", "docEn": "places at least",
                   "minimum": 0, "maximum": 10000}],
                "columns": [
                  {"name": "lot_id", "type": "STRING", "sensitivity": "PUBLIC", "docZh": "编号", "docEn": "id", "resources": ["A2.8.4"], "example": "L1"},
                  {"name": "places", "type": "INT64", "sensitivity": "PUBLIC", "docZh": "车位数", "docEn": "places", "resources": ["A2.8.4"], "example": "80"},
                  {"name": "opened", "type": "DATE", "nullable": true, "sensitivity": "PUBLIC", "docZh": "启用日", "docEn": "opened on", "resources": ["A2.8.4"]}],
                "sql": {"query": "SELECT lot_id, places, opened FROM parking_lot WHERE district = :district AND places >= coalesce(:least_places, 0)",
                        "key": ["lot_id"], "download": true}}],
             "sql": {"tables": {"parking_lot": ["lot_id", "district", "places", "opened"]}}}
            """;

    private Declarations() {}

    /** Read without a fault. */
    public static Declaration read(String json) {
        Faults faults = new Faults();
        Declaration declaration = DeclarationReader.read(json, faults);
        if (!faults.isEmpty()) {
            throw new AssertionError(faults.list().toString());
        }
        return declaration;
    }

    /** The contract of a declaration that has no fault. */
    public static ServiceDescriptor service(String json) {
        Faults faults = new Faults();
        var set = DeclaredContract.of(read(json), faults);
        if (!faults.isEmpty()) {
            throw new AssertionError(faults.list().toString());
        }
        return DescriptorSets.service(set);
    }

    static Contract contract(String json) {
        return Contract.of(service(json));
    }

    /** A product that answers every operation with an empty message. */
    static DataProduct product(ServiceDescriptor service, @Nullable Retirement retirement) {
        return new DataProduct() {
            @Override
            public ServiceDescriptor contract() {
                return service;
            }

            @Override
            public List<Operation> operations() {
                return service.getMethods().stream()
                        .<Operation>map(method -> new Operation.Unary<>(method.getName(),
                                DynamicMessage.getDefaultInstance(method.getInputType()), (_, _) -> CompletableFuture.completedFuture(
                                        Answer.of(DynamicMessage.getDefaultInstance(method.getOutputType())))))
                        .toList();
            }

            @Override
            public Optional<Retirement> retirement() {
                return Optional.ofNullable(retirement);
            }
        };
    }
}
