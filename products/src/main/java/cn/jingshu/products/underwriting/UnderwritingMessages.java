package cn.jingshu.products.underwriting;

import cn.jingshu.products.statistics.Calibration;
import cn.jingshu.products.statistics.PopulationStability;
import cn.jingshu.products.statistics.StoredModel;
import cn.jingshu.products.underwriting.Application.Declared;
import cn.jingshu.products.underwriting.CardiacFeatures.WorkUp;
import cn.jingshu.products.underwriting.ReasonCode.Strength;
import cn.jingshu.products.underwriting.v1.AssessApplicantRequest;
import cn.jingshu.products.underwriting.v1.AssessApplicantResponse;
import cn.jingshu.products.underwriting.v1.CalibrationGroup;
import cn.jingshu.products.underwriting.v1.CardiologicalWorkUp;
import cn.jingshu.products.underwriting.v1.ChestPain;
import cn.jingshu.products.underwriting.v1.Declaration;
import cn.jingshu.products.underwriting.v1.Effect;
import cn.jingshu.products.underwriting.v1.ExplainAssessmentResponse;
import cn.jingshu.products.underwriting.v1.GetDriftResponse;
import cn.jingshu.products.underwriting.v1.GetModelCardResponse;
import cn.jingshu.products.underwriting.v1.InputDrift;
import cn.jingshu.products.underwriting.v1.ModelUse;
import cn.jingshu.products.underwriting.v1.Perfusion;
import cn.jingshu.products.underwriting.v1.PolicyType;
import cn.jingshu.products.underwriting.v1.Reason;
import cn.jingshu.products.underwriting.v1.Referral;
import cn.jingshu.products.underwriting.v1.RestingEcg;
import cn.jingshu.products.underwriting.v1.RiskBand;
import cn.jingshu.products.underwriting.v1.StSlope;
import com.google.protobuf.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Between the contract's messages and the engine's records. */
final class UnderwritingMessages {
    private static final String NOTICE_ZH = "本结果为模型参考意见,不是诊断,也不是承保或拒保决定;投保人有权要求说明并拒绝仅由自动化方式作出的决定(个人信息保护法第二十四条)。";
    private static final String NOTICE_EN = "A model's opinion: no diagnosis, and no decision to insure or decline. The applicant may ask for an explanation"
            + " and refuse a decision made by automated means alone (PIPL Art. 24).";
    private static final String METHOD_ZH = "以同龄同性别、无异常的参照人为 100,就医模型、心血管模型、预期费用模型各自给出相对值,按险种权重相乘得到评级,再划分等级。"
            + "原因按对评级的影响排序;具体诊断、就诊与检查数值不用于说明,也不保存。";
    private static final String METHOD_EN = "An unremarkable person of the same age and sex rates 100. A model of care, a cardiac model and a model of expected"
            + " cost each compare the applicant with that person; weighed for the policy type they multiply to the rating, which gives the band. Reasons stand"
            + " in the order of what they weigh. Diagnoses, visits and test values are not part of an explanation and are not kept.";
    private static final String RIGHTS_ZH = "您可以要求人工核保、申请更正健康记录、撤回同意(撤回不影响已完成的评估),并可向市数据主管部门投诉。";
    private static final String RIGHTS_EN = "You may ask for underwriting by a person, have health records corrected, withdraw your consent (which does not undo an"
            + " assessment made before), and complain to the city's data authority.";
    private static final String LIMITS_ZH = "就医模型由合成人群训练,只证明方法可行,上线前应以本市数据重新训练;心血管模型来自 20 世纪 80 年代美国一家医院转诊做造影的患者,"
            + "对一般人群只用其相对值;预期费用模型来自教材模拟数据,只用其比值。防癌险不使用心血管模型。权重为作者判断,没有理赔经验支持。18 岁以下、85 岁以上一律人工核保。";
    private static final String LIMITS_EN = "The model of care was trained on a synthetic population: it shows that the method works and has to be trained anew on the"
            + " city's own data before it decides anything. The cardiac models stem from patients of one US hospital in the 1980s who had been referred for"
            + " angiography; of them only ratios against an unremarkable person are used, for they say nothing of how common disease is. The model of expected cost"
            + " stems from charges simulated for a textbook; only ratios are used. Cancer insurance uses no cardiac model. The weights are judgement without"
            + " claims experience. Below 18 and above 85 years a person underwrites.";

    private UnderwritingMessages() {}

    /** The policy type; empty: not given, or one the contract does not know. */
    static Optional<PolicyKind> kind(PolicyType type) {
        return switch (type) {
            case CRITICAL_ILLNESS -> Optional.of(PolicyKind.CRITICAL_ILLNESS);
            case MEDICAL -> Optional.of(PolicyKind.MEDICAL);
            case CANCER -> Optional.of(PolicyKind.CANCER);
            case ACCIDENT -> Optional.of(PolicyKind.ACCIDENT);
            case OTHER -> Optional.of(PolicyKind.OTHER);
            case POLICY_TYPE_UNSPECIFIED, UNRECOGNIZED -> Optional.empty();
        };
    }

    static PolicyType type(PolicyKind kind) {
        return switch (kind) {
            case CRITICAL_ILLNESS -> PolicyType.CRITICAL_ILLNESS;
            case MEDICAL -> PolicyType.MEDICAL;
            case CANCER -> PolicyType.CANCER;
            case ACCIDENT -> PolicyType.ACCIDENT;
            case OTHER -> PolicyType.OTHER;
        };
    }

    static Application application(AssessApplicantRequest request, PolicyKind kind) {
        Declaration d = request.getDeclaration();
        return new Application(kind, request.getSumInsuredFen(), new Declared(
                d.hasHospitalStayTwoYears() ? Boolean.valueOf(d.getHospitalStayTwoYears()) : null,
                d.hasLongTermCondition() ? Boolean.valueOf(d.getLongTermCondition()) : null,
                d.hasOperationFiveYears() ? Boolean.valueOf(d.getOperationFiveYears()) : null,
                d.hasSmoker() ? Boolean.valueOf(d.getSmoker()) : null,
                d.hasHeightCm() ? Double.valueOf(d.getHeightCm()) : null,
                d.hasWeightKg() ? Double.valueOf(d.getWeightKg()) : null),
                request.hasWorkUp() ? workUp(request.getWorkUp()) : null);
    }

    /** The contract has seen to it that nothing is missing. */
    private static WorkUp workUp(CardiologicalWorkUp w) {
        return new WorkUp(pain(w.getChestPain()), ecg(w.getRestingEcg()), w.getGreatestHeartRate(), w.getExertionPain(),
                w.getStDepression(), slope(w.getStSlope()), w.getVessels(), perfusion(w.getPerfusion()));
    }

    private static CardiacFeatures.ChestPain pain(ChestPain pain) {
        return switch (pain) {
            case TYPICAL -> CardiacFeatures.ChestPain.TYPICAL;
            case ATYPICAL -> CardiacFeatures.ChestPain.ATYPICAL;
            case NON_ANGINAL -> CardiacFeatures.ChestPain.NON_ANGINAL;
            case NONE, CHEST_PAIN_UNSPECIFIED, UNRECOGNIZED -> CardiacFeatures.ChestPain.NONE;
        };
    }

    private static CardiacFeatures.RestingEcg ecg(RestingEcg ecg) {
        return switch (ecg) {
            case ECG_NORMAL, RESTING_ECG_UNSPECIFIED, UNRECOGNIZED -> CardiacFeatures.RestingEcg.NORMAL;
            case ECG_ST_T_CHANGE -> CardiacFeatures.RestingEcg.ST_T_CHANGE;
            case ECG_HYPERTROPHY -> CardiacFeatures.RestingEcg.HYPERTROPHY;
        };
    }

    private static CardiacFeatures.StSlope slope(StSlope slope) {
        return switch (slope) {
            case RISING, ST_SLOPE_UNSPECIFIED, UNRECOGNIZED -> CardiacFeatures.StSlope.RISING;
            case FLAT -> CardiacFeatures.StSlope.FLAT;
            case FALLING -> CardiacFeatures.StSlope.FALLING;
        };
    }

    private static CardiacFeatures.Perfusion perfusion(Perfusion perfusion) {
        return switch (perfusion) {
            case PERFUSION_NORMAL, PERFUSION_UNSPECIFIED, UNRECOGNIZED -> CardiacFeatures.Perfusion.NORMAL;
            case PERFUSION_FIXED -> CardiacFeatures.Perfusion.FIXED;
            case PERFUSION_REVERSIBLE -> CardiacFeatures.Perfusion.REVERSIBLE;
        };
    }

    static AssessApplicantResponse answer(UUID id, Assessment assessment, Instant at, boolean stale, boolean degraded, boolean sandbox) {
        var answer = AssessApplicantResponse.newBuilder()
                .setAssessmentId(id.toString())
                .setBand(band(assessment.band()))
                .setReferToHuman(assessment.referToHuman())
                .setModelVersion(assessment.modelVersion())
                .setStale(stale)
                .setDegraded(degraded)
                .setSandbox(sandbox)
                .setAssessedAt(timestamp(at))
                .setNoticeZh(NOTICE_ZH)
                .setNoticeEn(NOTICE_EN);
        assessment.reasons().forEach(r -> answer.addReasons(reason(r.code(), r.strength())));
        assessment.referrals().forEach(r -> answer.addReferrals(referral(r)));
        Assessment.Interval interval = assessment.interval();
        if (interval != null) {
            answer.setProbabilityLow(interval.low()).setProbabilityHigh(interval.high());
        }
        Integer loading = assessment.loadingPercent();
        if (loading != null) {
            answer.setLoadingPercent(loading);
        }
        return answer.build();
    }

    static ExplainAssessmentResponse explanation(UUID id, Assessments.Kept kept) {
        var answer = ExplainAssessmentResponse.newBuilder()
                .setAssessmentId(id.toString())
                .setPolicyType(type(kept.kind()))
                .setBand(band(kept.band()))
                .setModelVersion(kept.modelVersion())
                .setAssessedAt(timestamp(kept.assessedAt()))
                .setMethodZh(METHOD_ZH)
                .setMethodEn(METHOD_EN)
                .setRightsZh(RIGHTS_ZH)
                .setRightsEn(RIGHTS_EN);
        kept.reasons().forEach(r -> answer.addReasons(reason(r.code(), r.strength())));
        kept.referrals().forEach(r -> answer.addReferrals(referral(r)));
        return answer.build();
    }

    static GetModelCardResponse card(UnderwritingGuide guide, PolicyKind kind, List<Underwriter.Used> models) {
        var answer = GetModelCardResponse.newBuilder()
                .setPolicyType(type(kind))
                .setGuideVersion(guide.version())
                .setGuideBasis(guide.basis())
                .setReferralSumFen(guide.of(kind).referralSumFen())
                .setLimitsZh(LIMITS_ZH)
                .setLimitsEn(LIMITS_EN);
        models.forEach(used -> answer.addModels(use(used)));
        return answer.build();
    }

    private static ModelUse use(Underwriter.Used used) {
        StoredModel model = used.model();
        StoredModel.Provenance from = model.provenance();
        var use = ModelUse.newBuilder()
                .setModel(model.id())
                .setWeight(used.weight())
                .setOutcome(model.outcome())
                .setDataSet(from.dataSet())
                .setOrigin(from.origin())
                .setLicence(from.licence())
                .setRows(from.rows())
                .setTrainedOn(from.trainedOn())
                .putAllMetrics(model.metrics());
        @Nullable Calibration calibration = model.calibration();
        if (calibration != null) {
            use.setHosmerLemeshowP(calibration.hosmerLemeshow().pValue());
            calibration.groups().forEach(g -> use.addCalibration(CalibrationGroup.newBuilder()
                    .setCases(g.cases()).setStated(g.meanProbability()).setObserved(g.observedShare())));
        }
        return use.build();
    }

    static GetDriftResponse drift(StoredModel model, Assessments.Drifts drifts) {
        var answer = GetDriftResponse.newBuilder().setModel(model.id()).setCases(drifts.cases());
        drifts.inputs().forEach(d -> answer.addInputs(InputDrift.newBuilder()
                .setName(d.input()).setIndex(d.index()).setShift(PopulationStability.shift(d.index()).name())));
        return answer.build();
    }

    private static Reason reason(ReasonCode code, Strength strength) {
        return Reason.newBuilder()
                .setCode(code.name())
                .setSentenceZh(code.zh())
                .setSentenceEn(code.en())
                .setEffect(switch (code.effect()) {
                    case NEUTRAL -> Effect.NEUTRAL;
                    case RAISES -> Effect.RAISES;
                    case LOWERS -> Effect.LOWERS;
                })
                .setStrength(switch (strength) {
                    case MINOR -> cn.jingshu.products.underwriting.v1.Strength.MINOR;
                    case MODERATE -> cn.jingshu.products.underwriting.v1.Strength.MODERATE;
                    case MAJOR -> cn.jingshu.products.underwriting.v1.Strength.MAJOR;
                })
                .build();
    }

    private static Referral referral(ReferralRule rule) {
        return Referral.newBuilder().setCode(rule.name()).setSentenceZh(rule.zh()).setSentenceEn(rule.en()).build();
    }

    private static RiskBand band(Band band) {
        return switch (band) {
            case UNDETERMINED -> RiskBand.UNDETERMINED;
            case LOW -> RiskBand.LOW;
            case STANDARD -> RiskBand.STANDARD;
            case ELEVATED -> RiskBand.ELEVATED;
            case HIGH -> RiskBand.HIGH;
            case DECLINE_REVIEW -> RiskBand.DECLINE_REVIEW;
        };
    }

    private static Timestamp timestamp(Instant at) {
        return Timestamp.newBuilder().setSeconds(at.getEpochSecond()).setNanos(at.getNano()).build();
    }
}
