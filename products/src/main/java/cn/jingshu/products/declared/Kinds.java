package cn.jingshu.products.declared;

import cn.jingshu.products.domain.DataDomain;
import cn.jingshu.products.domain.DomainException;
import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.kind.Declaration;
import cn.jingshu.products.kind.DeclarationException;
import cn.jingshu.products.kind.DeclarationReader;
import cn.jingshu.products.kind.DeclaredContract;
import cn.jingshu.products.kind.DescriptorSets;
import cn.jingshu.products.kind.Faults;
import cn.jingshu.products.kind.sql.SqlDefinition;
import cn.jingshu.products.kind.sql.SqlProduct;
import cn.jingshu.products.spi.DataProduct;
import cn.jingshu.products.spi.Retirement;
import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads, checks and makes declared products. */
public final class Kinds {
    private final Optional<DataDomain> domain;
    private final byte[] secret;
    private final Clock clock;

    /**
     * @param domain what queries are asked of; empty: this installation has none, and no query can be declared
     * @param secret signs what callers carry from page to page; at least 32 bytes, the same on every node
     */
    public Kinds(Optional<DataDomain> domain, byte[] secret, Clock clock) {
        this.domain = domain;
        this.secret = secret.clone();
        this.clock = clock;
    }

    /** Reads a declaration and makes its contract; what is wrong is noted. Null: it is so wrong that there is no contract. */
    public @Nullable Prepared prepare(String json, ByteString artefact, Faults faults) {
        Declaration declaration = DeclarationReader.read(json, faults);
        if (!faults.isEmpty()) {
            return null;
        }
        FileDescriptorSet set = DeclaredContract.of(declaration, faults);
        if (!faults.isEmpty()) {
            return null;
        }
        Prepared prepared = new Prepared(declaration, set, DescriptorSets.service(set), artefact);
        switch (declaration.kind()) {
            case SQL -> SqlDefinition.read(declaration, this::findTable, faults);
            case MODEL, UPSTREAM -> faults.add("kind", "尚不支持", "is not supported yet");
        }
        return prepared;
    }

    /** Tries a declaration out: its queries are planned under its role, its model is run, its source is asked for. */
    public void check(Prepared prepared, Faults faults) {
        switch (prepared.declaration().kind()) {
            case SQL -> checkSql(prepared, faults);
            case MODEL, UPSTREAM -> faults.add("kind", "尚不支持", "is not supported yet");
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
            SqlProduct.onTrial(prepared.service(), prepared.declaration(), definition, domain.get()).check(clock.instant(), faults);
        } catch (DomainException failure) {
            faults.add("sql", "数据域不能提供所需数据", failure.reason() + ": " + failure.getMessage());
        } catch (IllegalArgumentException sample) {
            faults.add("sql.sandboxRows", "样例行的值与列不符", "a sample row does not fit its table: " + sample.getMessage());
        }
    }

    private Optional<ResourceTable> findTable(String name) {
        return domain.flatMap(there -> there.findTable(name));
    }

    /**
     * Makes the product ready to answer.
     *
     * @throws DeclarationException if it cannot be
     * @throws DomainException if the domain cannot give it what it reads
     */
    public DataProduct make(Prepared prepared, @Nullable Retirement retirement) {
        Faults faults = new Faults();
        DataProduct product = switch (prepared.declaration().kind()) {
            case SQL -> new SqlProduct(prepared.service(), prepared.declaration(),
                    SqlDefinition.read(prepared.declaration(), this::findTable, faults),
                    domain.orElseThrow(() -> new DeclarationException(List.of())), secret, retirement);
            case MODEL, UPSTREAM -> throw new DeclarationException(List.of());
        };
        if (!faults.isEmpty()) {
            throw new DeclarationException(faults.list());
        }
        return product;
    }
}
