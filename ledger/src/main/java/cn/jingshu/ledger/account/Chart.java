package cn.jingshu.ledger.account;

import cn.jingshu.ledger.Transaction;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * The chart of accounts (科目表): the accounts that exist are rows of {@code ledger.account}, seeded by the first
 * migration; the constants name those the marketplace itself books to.
 *
 * @see "Codes of the 2006 national chart for enterprises; sub-accounts are our own"
 */
public final class Chart {

    /** 银行存款 */
    public static final AccountCode BANK = new AccountCode("1002");
    /** 应收账款: what consumers owe, tax included. */
    public static final AccountCode RECEIVABLES = new AccountCode("1122");
    /** 应付账款–数商: one account for all merchants, told apart by the merchant dimension. */
    public static final AccountCode MERCHANT_PAYABLES = new AccountCode("2202");
    /** 预收账款/合同负债: prepaid balances of consumers. */
    public static final AccountCode PREPAYMENTS = new AccountCode("2203");
    /** 其他应付款–待退预收款: prepayments set aside to be paid back. */
    public static final AccountCode PREPAYMENTS_RETURNED = new AccountCode("2241");
    /** 应交税费–增值税(销项税额) */
    public static final AccountCode OUTPUT_VAT = new AccountCode("222101");
    /** 应交税费–附加税费 */
    public static final AccountCode SURCHARGES_PAYABLE = new AccountCode("222102");
    /** 应交税费–企业所得税 */
    public static final AccountCode INCOME_TAX_PAYABLE = new AccountCode("222103");
    /** 应交税费–增值税(进项税额): deductible, so its balance stands on the debit side. */
    public static final AccountCode INPUT_VAT = new AccountCode("222104");
    /** 应付利润–财政 */
    public static final AccountCode TREASURY_PAYABLE = new AccountCode("2232");
    /** 本年利润 */
    public static final AccountCode PROFIT_OF_THE_YEAR = new AccountCode("4103");
    /** 利润分配–待分配: empty when a settlement is complete. */
    public static final AccountCode PROFIT_TO_DISTRIBUTE = new AccountCode("410401");
    /** 利润分配–运营机构留存: what the operator keeps, and the losses it carries. */
    public static final AccountCode OPERATOR_RETAINED = new AccountCode("410402");
    /** 主营业务收入: operating service fees without tax. */
    public static final AccountCode REVENUE = new AccountCode("6001");
    /** 主营业务成本 */
    public static final AccountCode COST_OF_SERVICE = new AccountCode("6401");
    /** 税金及附加 */
    public static final AccountCode SURCHARGES = new AccountCode("6403");
    /** 管理费用: shared costs. */
    public static final AccountCode ADMINISTRATION = new AccountCode("6602");
    /** 财务费用–一般 */
    public static final AccountCode FINANCE_COSTS = new AccountCode("660301");
    /** 财务费用–尾差: the named place for differences that rounding leaves. */
    public static final AccountCode ROUNDING_RESIDUE = new AccountCode("660302");
    /** 所得税费用 */
    public static final AccountCode INCOME_TAX = new AccountCode("6801");
    /** 超额收入–已认定 (memo): what review cycles earned above their permitted revenue, by year. */
    public static final AccountCode OVER_RECOVERY_FOUND = new AccountCode("900101");
    /** 超额收入–已抵减 (memo): what of it permitted revenues deducted, by year. */
    public static final AccountCode OVER_RECOVERY_DEDUCTED = new AccountCode("900102");
    /** 超额收入备查对方 (memo) */
    public static final AccountCode OVER_RECOVERY_COUNTERPART = new AccountCode("9002");

    private static final String LIST_ACCOUNTS = """
            SELECT code, name_zh, name_en, kind, normal_side, parent_code, postable
              FROM ledger.account
             ORDER BY code
            """;

    private final DataSource dataSource;

    public Chart(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Every account by code. */
    public List<Account> listAccounts() {
        return Transaction.read(dataSource, Chart::listAccounts);
    }

    /** {@link #listAccounts()} inside a transaction the caller has begun. */
    public static List<Account> listAccounts(Connection connection) throws SQLException {
        List<Account> accounts = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(LIST_ACCOUNTS);
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                String parent = rows.getString("parent_code");
                accounts.add(new Account(
                        new AccountCode(rows.getString("code")),
                        rows.getString("name_zh"),
                        rows.getString("name_en"),
                        AccountKind.valueOf(rows.getString("kind")),
                        Side.valueOf(rows.getString("normal_side")),
                        parent == null ? null : new AccountCode(parent),
                        rows.getBoolean("postable")));
            }
        }
        return accounts;
    }
}
