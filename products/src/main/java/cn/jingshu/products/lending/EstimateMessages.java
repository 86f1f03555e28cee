package cn.jingshu.products.lending;

import cn.jingshu.products.lending.estimate.EstimateAsk;
import cn.jingshu.products.lending.estimate.LoanEstimate;
import cn.jingshu.products.lending.estimate.LoanRange;
import cn.jingshu.products.lending.estimate.Reason;
import cn.jingshu.products.lending.policy.PolicyBook;
import cn.jingshu.products.lending.schedule.Amortisation;
import cn.jingshu.products.lending.v1.Band;
import cn.jingshu.products.lending.v1.DataUse;
import cn.jingshu.products.lending.v1.Effect;
import cn.jingshu.products.lending.v1.Estimate;
import cn.jingshu.products.lending.v1.PolicyUse;
import cn.jingshu.products.lending.v1.QueryPurpose;
import cn.jingshu.products.lending.v1.Range;
import cn.jingshu.products.lending.v1.ReasonCode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Estimates as the contract writes them. */
final class EstimateMessages {
    private static final String NOTICE_ZH = "本结果为估算,不是授信承诺或要约;最终以银行审批为准。可要求说明理由,并有权拒绝仅由自动化方式作出的决定。";
    private static final String NOTICE_EN =
            "This is an estimate, not an offer; the bank decides. Its reasons can be asked for, and a decision made by automation alone can be refused.";

    private EstimateMessages() {}

    static Estimate toProto(LocalDate today, QueryPurpose purpose, EstimateAsk ask, LoanEstimate estimate, List<ResourceUse> uses) {
        boolean stale = uses.stream().anyMatch(ResourceUse::stale);
        Estimate.Builder message = Estimate.newBuilder()
                .setBand(band(estimate.band()))
                .setHumanReview(estimate.humanReview() || stale)
                .setNoticeZh(NOTICE_ZH)
                .setNoticeEn(NOTICE_EN)
                .setFormulaVersion(EstimateOperations.FORMULA)
                .setPurpose(purpose)
                .setAsOf(today.toString())
                .setStale(stale);
        LoanRange range = estimate.range();
        if (range != null) {
            message.setRange(range(ask, range, estimate.months()));
        }
        estimate.reasons().forEach(reason -> message.addReasons(toProto(reason)));
        if (stale) {
            message.addReasons(toProto(new Reason(cn.jingshu.products.lending.estimate.ReasonCode.DATA_STALE, Reason.Effect.INFORMS, 0)));
        }
        uses.forEach(use -> message.addData(toProto(use)));
        message.addData(neverSupplied("汽车登记数据", "vehicle registration"));
        message.addData(neverSupplied("发改政策数据", "policy data of the development and reform commission"));
        message.addData(neverSupplied("宏观经济数据", "macro-economic data"));
        for (PolicyBook.Row row : estimate.policies()) {
            BigDecimal value = row.value();
            message.addPolicies(PolicyUse.newBuilder().setKey(row.key()).setValue(value == null ? "" : value.toPlainString())
                    .setSince(row.since().toString()).setSource(row.source()));
        }
        return message.build();
    }

    private static Range range(EstimateAsk ask, LoanRange range, int months) {
        Range.Builder message =
                Range.newBuilder().setLowFen(range.lowFen()).setLikelyFen(range.likelyFen()).setHighFen(range.highFen());
        switch (ask) {
            case EstimateAsk.Mortgage mortgage -> {
                if (mortgage.withProvidentFund()) {
                    message.setProvidentFundPartFen(range.providentFundFen());
                }
                if (range.likelyFen() > 0 && range.providentFundFen() == 0) {
                    message.setLikelyMonthlyPaymentFen(payment(range, ask, months));
                }
            }
            case EstimateAsk.Startup _ -> {
                if (range.likelyFen() > 0) {
                    message.setLikelyMonthlyPaymentFen(payment(range, ask, months));
                }
            }
            case EstimateAsk.Enterprise _ -> {
                // Working capital is repaid as agreed, not in equal instalments.
            }
        }
        return message.build();
    }

    private static long payment(LoanRange range, EstimateAsk ask, int months) {
        return Amortisation.equalInstalment(range.likelyFen(), ask.annualRate(), months).setScale(0, RoundingMode.HALF_UP).longValueExact();
    }

    private static cn.jingshu.products.lending.v1.Reason toProto(Reason reason) {
        return cn.jingshu.products.lending.v1.Reason.newBuilder()
                .setCode(ReasonCode.valueOf(reason.code().name()))
                .setEffect(Effect.valueOf(reason.effect().name()))
                .setWeight(reason.weight())
                .setTextZh(reason.code().zh())
                .setTextEn(reason.code().en())
                .build();
    }

    private static DataUse toProto(ResourceUse use) {
        DataUse.Builder message = DataUse.newBuilder()
                .setResource(use.named().table().resource())
                .setNameZh(use.named().zh())
                .setNameEn(use.named().en())
                .setUsed(use.used())
                .setStale(use.stale())
                .setWhyNotZh(use.zh())
                .setWhyNotEn(use.en());
        Instant loaded = use.freshness().loadedAt();
        if (loaded != null) {
            message.setLoadedOn(LocalDate.ofInstant(loaded, LendingProduct.ZONE).toString());
        }
        return message.build();
    }

    private static DataUse neverSupplied(String zh, String en) {
        return DataUse.newBuilder().setNameZh(zh).setNameEn(en).setUsed(false)
                .setWhyNotZh("资源目录无此数据,可选输入默认关闭").setWhyNotEn("optional and off: no resource of the catalogue supplies it").build();
    }

    private static Band band(cn.jingshu.products.lending.estimate.@Nullable Band band) {
        if (band == null) {
            return Band.BAND_UNSPECIFIED;
        }
        return switch (band) {
            case A -> Band.BAND_A;
            case B -> Band.BAND_B;
            case C -> Band.BAND_C;
            case D -> Band.BAND_D;
        };
    }
}
