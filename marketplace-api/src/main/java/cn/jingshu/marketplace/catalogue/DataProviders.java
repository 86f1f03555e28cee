package cn.jingshu.marketplace.catalogue;

import cn.jingshu.marketplace.store.Database;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.UUID;

/** The providers of the resource catalogue (数据提供单位), listed by the plan before they join the market. */
@Singleton
public final class DataProviders {
    private static final String JOIN = """
            UPDATE market.data_provider SET organisation_id = ? WHERE name_zh = ? AND organisation_id IS NULL
            """;
    private static final String ALL = """
            SELECT code, name_zh, name_en FROM market.data_provider ORDER BY code
            """;

    private static final String RESOURCES_OF = """
            SELECT r.id
              FROM market.data_resource r
              JOIN market.data_provider v ON v.code = r.provider_code
             WHERE v.organisation_id = ?
             ORDER BY r.ordinal
            """;

    private static final String CODES_OF = """
            SELECT code FROM market.data_provider WHERE organisation_id = ? ORDER BY code
            """;

    private final Database database;

    public DataProviders(Database database) {
        this.database = database;
    }

    /** A provider as the catalogue names it. */
    public record DataProvider(String code, String nameZh, String nameEn) {}

    /** All of the catalogue, by code. */
    public List<DataProvider> listAll() {
        return database.inTransaction(t -> t.list(ALL,
                row -> new DataProvider(row.text("code"), row.text("name_zh"), row.text("name_en"))));
    }

    /** The resources of the provider an organisation is, withdrawn ones included; none: it is no provider. */
    public List<String> resourcesOf(UUID organisationId) {
        return database.inTransaction(t -> t.list(RESOURCES_OF, row -> row.text("id"), organisationId));
    }

    /** The codes under which the catalogue knows an organisation; none: it is no provider. */
    public List<String> codesOf(UUID organisationId) {
        return database.inTransaction(t -> t.list(CODES_OF, row -> row.text("code"), organisationId));
    }

    /** Ties a provider of the catalogue to the organisation that has joined under its name; false: none is waiting. */
    public boolean join(String nameZh, UUID organisationId) {
        return database.inTransaction(t -> t.change(JOIN, organisationId, nameZh) == 1);
    }
}
