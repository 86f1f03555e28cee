package cn.jingshu.marketplace.declared;

import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.pricing.CountedUnits;
import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.contract.ContractException;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.declared.Kinds;
import cn.jingshu.products.declared.Prepared;
import cn.jingshu.products.kind.Compatibility;
import cn.jingshu.products.kind.DescriptorSets;
import cn.jingshu.products.kind.Faults;
import cn.jingshu.products.spi.Answer.Violation;
import com.google.protobuf.ByteString;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Looks whether a declaration is right: in itself, beside what is served, against what callers of its version rely on, and tried out. */
@Singleton
public final class DeclarationDesk {
    private final Kinds kinds;
    private final Contracts contracts;
    private final DeclaredProducts products;

    DeclarationDesk(Kinds kinds, Contracts contracts, DeclaredProducts products) {
        this.kinds = kinds;
        this.contracts = contracts;
        this.products = products;
    }

    /**
     * What came of it.
     *
     * @param prepared null: it is so wrong that there is no contract
     * @param violations empty: it may be submitted
     */
    public record Finding(@Nullable Prepared prepared, List<Violation> violations) {
        public Finding {
            violations = List.copyOf(violations);
        }
    }

    /** The columns of the domain that a product reads, by resource: its providers have to grant these, too. */
    public Map<String, List<String>> domainColumns(DeclaredProduct product) {
        Prepared prepared = kinds.prepareKept(product.definition(), product.artefact(), new Faults());
        return prepared == null ? Map.of() : kinds.domainColumns(prepared);
    }

    /** Looks at what can be seen without asking anyone: form, contract, names, compatibility. */
    public Finding look(String definition, ByteString artefact, UUID merchant) {
        Faults faults = new Faults();
        Prepared prepared = look(definition, artefact, merchant, faults);
        return new Finding(prepared, faults.list());
    }

    /** Looks at everything: its queries are planned, its model is run, its source is asked for. */
    public Finding tryOut(String definition, ByteString artefact, UUID merchant) {
        Faults faults = new Faults();
        Prepared prepared = look(definition, artefact, merchant, faults);
        if (prepared != null && faults.isEmpty()) {
            kinds.check(prepared, faults);
        }
        return new Finding(prepared, faults.list());
    }

    private @Nullable Prepared look(String definition, ByteString artefact, UUID merchant, Faults faults) {
        Prepared prepared = kinds.prepare(definition, artefact, faults);
        if (prepared == null) {
            return null;
        }
        String code = prepared.declaration().code();
        faults.require(!contracts.isFixed(code) && !products.isTaken(code, merchant), "code", "该产品代码已被使用", "the product code is taken");
        if (!faults.isEmpty()) {
            return prepared;
        }
        try {
            contracts.checkBeside(prepared.service());
        } catch (ContractException clash) {
            faults.add("", "与已有产品冲突:" + clash.getMessage(), String.valueOf(clash.getMessage()));
        }
        Contract contract = Contract.of(prepared.service());
        compare(products.listContracts(code), contract, faults);
        products.mixedBy(contract).forEach(each -> faults.add("operations", Change.Fault.UNITS_MIXED.zh() + ":" + named(each),
                Change.Fault.UNITS_MIXED.en() + ": " + named(each)));
        return prepared;
    }

    private static String named(CountedUnits.Mixed mixed) {
        return mixed.tariff().operation() + " " + mixed.tariff().id() + " (" + String.join(", ", mixed.units()) + ")";
    }

    /** Notes in what a contract breaks those that were approved of its product, the newest of each version. */
    static void compare(List<ByteString> approved, Contract contract, Faults faults) {
        for (ByteString each : approved) {
            Contract before = contract(each);
            if (before.version() == contract.version()) {
                Compatibility.within(before, contract, faults);
            } else {
                Compatibility.between(before, contract, faults);
            }
        }
    }

    /** A contract as it is kept. */
    static Contract contract(ByteString kept) {
        return Contract.of(DescriptorSets.service(DescriptorSets.parse(kept.toByteArray())));
    }
}
