package cn.jingshu.products.declared;

import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.contract.ContractException;
import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.contract.PeopleRule;
import cn.jingshu.products.domain.DataDomain;
import cn.jingshu.products.domain.DomainException;
import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.kind.Declaration;
import cn.jingshu.products.kind.DeclarationException;
import cn.jingshu.products.kind.DeclarationReader;
import cn.jingshu.products.kind.DeclaredContract;
import cn.jingshu.products.kind.DescriptorSets;
import cn.jingshu.products.kind.Faults;
import cn.jingshu.products.kind.model.ModelDefinition;
import cn.jingshu.products.kind.model.ModelProduct;
import cn.jingshu.products.kind.sql.SqlDefinition;
import cn.jingshu.products.kind.sql.SqlProduct;
import cn.jingshu.products.kind.upstream.AddressGuard;
import cn.jingshu.products.kind.upstream.GrpcSource;
import cn.jingshu.products.kind.upstream.UpstreamDefinition;
import cn.jingshu.products.kind.upstream.UpstreamProduct;
import cn.jingshu.products.kind.upstream.UpstreamSettings;
import cn.jingshu.products.spi.DataProduct;
import cn.jingshu.products.spi.Retirement;
import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads, checks and makes declared products. */
public final class Kinds {
    private final Optional<DataDomain> domain;
    private final byte[] secret;
    private final AddressGuard guard;
    private final GrpcSource.Maker grpc;
    private final UpstreamSettings upstream;
    private final Clock clock;

    /**
     * @param domain what queries are asked of; empty: this installation has none, and no query can be declared
     * @param secret signs what callers carry from page to page; at least 32 bytes, the same on every node
     * @param guard which sources may be asked
     * @param grpc asks those that speak gRPC
     */
    public Kinds(Optional<DataDomain> domain, byte[] secret, AddressGuard guard, GrpcSource.Maker grpc, UpstreamSettings upstream, Clock clock) {
        this.domain = domain;
        this.secret = secret.clone();
        this.guard = guard;
        this.grpc = grpc;
        this.upstream = upstream;
        this.clock = clock;
    }

    /** Reads a declaration and makes its contract; what is wrong is noted. Null: it is so wrong that there is no contract. */
    public @Nullable Prepared prepare(String json, ByteString artefact, Faults faults) {
        return prepare(DeclarationReader.read(json, faults), artefact, false, faults);
    }

    /** The same of a declaration that was approved, see {@link DeclarationReader#readKept}. */
    public @Nullable Prepared prepareKept(String json, ByteString artefact, Faults faults) {
        return prepare(DeclarationReader.readKept(json, faults), artefact, true, faults);
    }

    private @Nullable Prepared prepare(Declaration declaration, ByteString artefact, boolean kept, Faults faults) {
        if (!faults.isEmpty()) {
            return null;
        }
        String given = UpstreamDefinition.descriptorSetOf(declaration);
        FileDescriptorSet set = given.isEmpty() ? DeclaredContract.of(declaration, faults) : givenSet(declaration, given, kept, faults);
        if (!faults.isEmpty()) {
            return null;
        }
        Prepared prepared = new Prepared(declaration, set, DescriptorSets.service(set), artefact);
        requirePeopleAreGuarded(prepared, faults);
        define(prepared, faults);
        return prepared;
    }

    /** Whatever kind it is of and wherever its contract comes from: the rule of every contract about people. */
    private static void requirePeopleAreGuarded(Prepared prepared, Faults faults) {
        for (PeopleRule.Breach breach : PeopleRule.breachesOfDeclared(Contract.of(prepared.service()))) {
            faults.add("operations." + breach.operation() + "." + breach.place(), breach.zh(), breach.en());
        }
    }

    /** The contract of a source that brings its own: with our options, under the product's package of its version and its addresses. */
    private static FileDescriptorSet givenSet(Declaration declaration, String base64, boolean kept, Faults faults) {
        String place = "upstream.grpc.descriptorSet";
        FileDescriptorSet set = FileDescriptorSet.getDefaultInstance();
        try {
            set = DeclaredContract.staleIsFree(DescriptorSets.own(DescriptorSets.parse(Base64.getDecoder().decode(base64))));
            set = kept ? DeclaredContract.failedIsFree(set) : set;
            ServiceDescriptor service = DescriptorSets.service(set);
            Contract contract = Contract.of(service);
            String wanted = DeclaredContract.packageOf(declaration.code(), declaration.version());
            set.getFileList().forEach(file -> faults.require(file.getPackage().equals(wanted), place, "包名须为 " + wanted, "the package must be " + wanted));
            faults.require(contract.code().equals(declaration.code()) && contract.resources().equals(declaration.resources()), place,
                    "契约中的产品代码与数据资源须与声明一致", "code and resources of the contract must be those of the declaration");
            String path = DeclaredContract.pathOf(declaration.code(), declaration.version());
            for (ContractMethod method : contract.methods()) {
                faults.require(!method.streaming() && !method.answersBytes(), place, method.name() + " 须为一问一答的消息",
                        method.name() + " must answer one message");
                faults.require(method.failedUnits() == 0, place, method.name() + " 的 failed_units 须为0:调用失败一律不计费",
                        method.name() + " bills calls that failed (failed_units): they are never billed");
                method.bindings().forEach(binding -> faults.require(binding.startsWith(path), place, method.name() + " 的地址须以 " + path + " 开头", method.name() + " must be reached below " + path));
            }
        } catch (IllegalArgumentException | ContractException wrong) {
            faults.add(place, "描述符集不能作为契约:" + wrong.getMessage(), String.valueOf(wrong.getMessage()));
        }
        return set;
    }

    /** What is wrong with how it is answered, as far as it can be seen without asking anyone. */
    private void define(Prepared prepared, Faults faults) {
        switch (prepared.declaration().kind()) {
            case SQL -> SqlDefinition.read(prepared.declaration(), this::findTable, faults);
            case MODEL -> ModelDefinition.read(prepared.declaration(), prepared.artefact(), faults);
            case UPSTREAM -> UpstreamDefinition.read(prepared.declaration(), guard, faults).checkFreshness(Contract.of(prepared.service()), faults);
        }
    }

    /** Tries a declaration out: its queries are planned under its role, its model is run, its source's name is looked up. */
    public void check(Prepared prepared, Faults faults) {
        switch (prepared.declaration().kind()) {
            case SQL -> checkSql(prepared, faults);
            case MODEL -> checkModel(prepared, faults);
            case UPSTREAM -> UpstreamDefinition.read(prepared.declaration(), guard, faults).check(guard, faults);
        }
    }

    private void checkSql(Prepared prepared, Faults faults) {
        if (!faults.require(domain.isPresent(), "kind", "本系统没有数据域,不能登记查询类产品", "this installation has no data domain")) {
            return;
        }
        SqlDefinition definition = SqlDefinition.read(prepared.declaration(), this::findTable, faults);
        if (!faults.isEmpty()) {
            return;
        }
        try {
            SqlProduct.checkOnTrial(prepared.service(), prepared.declaration(), definition, domain.get(), clock.instant(), faults);
        } catch (DomainException failure) {
            faults.add("sql", "数据域不能提供所需数据", failure.reason() + ": " + failure.getMessage());
        } catch (IllegalArgumentException sample) {
            faults.add("sql.sandboxRows", "样例行的值与列不符", "a sample row does not fit its table: " + sample.getMessage());
        }
    }

    private static void checkModel(Prepared prepared, Faults faults) {
        ModelDefinition definition = ModelDefinition.read(prepared.declaration(), prepared.artefact(), faults);
        if (!faults.isEmpty()) {
            return;
        }
        try {
            ModelProduct product = new ModelProduct(prepared.service(), definition, prepared.artefact(), null);
            try {
                product.check(faults);
            } finally {
                product.close();
            }
        } catch (IllegalArgumentException | IllegalStateException refused) {
            faults.add("artefact", "模型无法运行", String.valueOf(refused.getMessage()));
        }
    }

    private Optional<ResourceTable> findTable(String name) {
        return domain.flatMap(there -> there.findTable(name));
    }

    /** The columns of the domain a declaration reads, as {@code table.column}, by resource: what its providers have to grant beside what its contract shows. */
    public Map<String, List<String>> domainColumns(Prepared prepared) {
        Map<String, List<String>> columns = new TreeMap<>();
        if (!prepared.declaration().how().has("tables")) {
            return columns;
        }
        SqlDefinition.read(prepared.declaration(), this::findTable, new Faults()).reads().forEach((table, names) -> names.forEach(
                name -> columns.computeIfAbsent(table.resource(), _ -> new ArrayList<>()).add(table.name() + "." + name)));
        return columns;
    }

    /**
     * Makes the product ready to answer.
     *
     * @throws DeclarationException if it cannot be
     * @throws DomainException if the domain cannot give it what it reads
     */
    public DataProduct make(Prepared prepared, @Nullable Retirement retirement) {
        Declaration declaration = prepared.declaration();
        Faults faults = new Faults();
        return switch (declaration.kind()) {
            case SQL -> {
                faults.require(domain.isPresent(), "kind", "本系统没有数据域", "this installation has no data domain");
                SqlDefinition definition = SqlDefinition.read(declaration, this::findTable, faults);
                requireNone(faults);
                yield new SqlProduct(prepared.service(), declaration, definition, domain.get(), secret, retirement);
            }
            case MODEL -> {
                ModelDefinition definition = ModelDefinition.read(declaration, prepared.artefact(), faults);
                requireNone(faults);
                yield new ModelProduct(prepared.service(), definition, prepared.artefact(), retirement);
            }
            case UPSTREAM -> {
                UpstreamDefinition definition = UpstreamDefinition.read(declaration, guard, faults);
                requireNone(faults);
                yield new UpstreamProduct(prepared.service(), declaration, definition, guard, grpc, upstream, clock, retirement);
            }
        };
    }

    private static void requireNone(Faults faults) {
        if (!faults.isEmpty()) {
            throw new DeclarationException(faults.list());
        }
    }
}
