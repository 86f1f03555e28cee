package cn.jingshu.marketplace.payment;

import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.journal.Balances;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.ReadPoint;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.settlement.SettlementBook;
import cn.jingshu.ledger.settlement.SettlementPeriod;
import cn.jingshu.ledger.settlement.SettlementResult;
import cn.jingshu.ledger.settlement.StoredSettlement;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Whether what settlements owe, less what was paid, is what the accounts of payables hold. */
@Singleton
public final class PayablesProof {
    private final SettlementBook settlements;
    private final Payments payments;
    private final PayBacks payBacks;
    private final Balances balances;

    PayablesProof(SettlementBook settlements, Payments payments, PayBacks payBacks, Balances balances) {
        this.settlements = settlements;
        this.payments = payments;
        this.payBacks = payBacks;
        this.balances = balances;
    }

    /** One comparison: {@code left} and {@code right} are the same when all is well. */
    public record Proof(String what, String left, String right) {}

    /** Every comparison there is to make. */
    public List<Proof> run() {
        List<StoredSettlement> all = settlements.listSettlements(Dimensions.AUTHORISED_OPERATION);
        Set<Integer> years = new HashSet<>();
        List<Proof> proofs = new ArrayList<>();
        for (StoredSettlement stored : all) {
            if (annual(stored)) {
                years.add(stored.period().first().getYear());
                proofs.add(new Proof(stored.period() + ": settlement computed again from its inputs", "Confirmed",
                        stored.recompute().getClass().getSimpleName()));
            }
        }
        Money treasury = Money.ZERO;
        Money merchants = Money.ZERO;
        for (StoredSettlement stored : all) {
            if (annual(stored) || !years.contains(stored.period().first().getYear())) { // a settled year stands for its months
                SettlementResult result = stored.result();
                treasury = treasury.plus(result.treasury());
                merchants = merchants.plus(result.merchants());
            }
        }
        for (Payable payable : payments.listPayables()) {
            switch (payable.key().kind()) {
                case REMITTANCE -> treasury = treasury.minus(payable.paid());
                case MERCHANT_COST, MERCHANT_SHARE -> merchants = merchants.minus(payable.paid());
                case OPERATOR_SHARE -> { } // taken out of what the operator keeps, together with the losses it carries
            }
        }
        proofs.add(proof("settled for the treasury less what was remitted = account 2232", treasury, Chart.TREASURY_PAYABLE));
        proofs.add(proof("settled for merchants less what was paid out = account 2202", merchants, Chart.MERCHANT_PAYABLES));
        proofs.add(proof("set aside to be paid back to consumers = account 2241", payBacks.setAside(), Chart.PREPAYMENTS_RETURNED));
        proofs.add(new Proof("transfers that the bank made though they were said to be refused, and that nobody confirmed = none", "0",
                Long.toString(payments.countSaidRefusedAndPaid())));
        return proofs;
    }

    private static boolean annual(StoredSettlement stored) {
        return stored.period().basis() == SettlementPeriod.Basis.ANNUAL_BINDING;
    }

    private Proof proof(String what, Money expected, AccountCode account) {
        return new Proof(what, expected.toYuan(),
                balances.balance(account, Dimensions.NONE, ReadPoint.LATEST).creditBalance().toYuan());
    }
}
