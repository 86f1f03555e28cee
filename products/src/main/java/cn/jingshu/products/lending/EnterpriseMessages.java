package cn.jingshu.products.lending;

import cn.jingshu.products.lending.v1.BatchEstimateEnterprisesResponse;
import cn.jingshu.products.lending.v1.BatchEstimateResponse;
import cn.jingshu.products.lending.v1.BatchResult;
import cn.jingshu.products.lending.v1.EnterpriseEstimate;
import cn.jingshu.products.lending.v1.EnterpriseRange;
import cn.jingshu.products.lending.v1.EnterpriseReason;
import cn.jingshu.products.lending.v1.EnterpriseResult;
import cn.jingshu.products.lending.v1.Estimate;
import cn.jingshu.products.lending.v1.Range;
import cn.jingshu.products.lending.v1.Reason;

/** Estimates of enterprises as the contract writes them: reckoned as any other, and told as what is about nobody. */
final class EnterpriseMessages {
    private EnterpriseMessages() {}

    static EnterpriseEstimate of(Estimate estimate) {
        EnterpriseEstimate.Builder message = EnterpriseEstimate.newBuilder()
                .setBandValue(estimate.getBandValue())
                .setHumanReview(estimate.getHumanReview())
                .setNoticeZh(estimate.getNoticeZh())
                .setNoticeEn(estimate.getNoticeEn())
                .setFormulaVersion(estimate.getFormulaVersion())
                .addAllData(estimate.getDataList())
                .setPurposeValue(estimate.getPurposeValue())
                .setAsOf(estimate.getAsOf())
                .setStale(estimate.getStale())
                .addAllPolicies(estimate.getPoliciesList());
        if (estimate.hasRange()) {
            Range range = estimate.getRange();
            message.setRange(EnterpriseRange.newBuilder()
                    .setLowFen(range.getLowFen()).setLikelyFen(range.getLikelyFen()).setHighFen(range.getHighFen()));
        }
        for (Reason reason : estimate.getReasonsList()) {
            message.addReasons(EnterpriseReason.newBuilder().setCodeValue(reason.getCodeValue()).setEffectValue(reason.getEffectValue())
                    .setWeight(reason.getWeight()).setTextZh(reason.getTextZh()).setTextEn(reason.getTextEn()));
        }
        return message.build();
    }

    static BatchEstimateEnterprisesResponse of(BatchEstimateResponse response) {
        BatchEstimateEnterprisesResponse.Builder message = BatchEstimateEnterprisesResponse.newBuilder()
                .setAnswered(response.getAnswered()).setRefused(response.getRefused());
        for (BatchResult result : response.getResultsList()) {
            EnterpriseResult.Builder item = EnterpriseResult.newBuilder().setItemId(result.getItemId());
            if (result.hasEstimate()) {
                item.setEstimate(of(result.getEstimate()));
            }
            if (result.hasRefusal()) {
                item.setRefusal(result.getRefusal());
            }
            message.addResults(item);
        }
        return message.build();
    }
}
