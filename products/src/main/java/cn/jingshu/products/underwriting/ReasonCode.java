package cn.jingshu.products.underwriting;

/**
 * Why a band came out as it did. A code speaks of the manner and amount of care, never of what it was for: exchanging one
 * condition for another of the same gravity changes no code ({@code ReasonCodeTest}).
 */
public enum ReasonCode {
    RECORDS_UNREMARKABLE(Effect.LOWERS, "健康记录与同龄同性别参照相当或更好", "The records are like those of peers, or better."),
    MEASURES_IN_RANGE(Effect.LOWERS, "近期检查指标均在参考范围内", "The measures taken lately are all in range."),
    CARE_ABOVE_PEERS(Effect.RAISES, "近一年就医频次高于同龄同性别参照", "Care in the last year was used more than by peers."),
    INPATIENT_CARE(Effect.RAISES, "近五年有住院经历", "There was inpatient care in the last five years."),
    EMERGENCY_CARE(Effect.RAISES, "近两年急诊就医偏多", "Emergency care was used much in the last two years."),
    LASTING_CONDITION(Effect.RAISES, "存在需要长期管理的健康状况", "There is a state of health that needs lasting care."),
    SEVERAL_LASTING_CONDITIONS(Effect.RAISES, "同时存在多项需要长期管理的健康状况", "Several states of health need lasting care."),
    WEIGHTY_HISTORY(Effect.RAISES, "既往健康史中有须重点评估的内容", "The history holds something that has to be weighed."),
    OPERATION_HISTORY(Effect.RAISES, "近一年有手术经历", "There was an operation in the last year."),
    MEASURES_OUT_OF_RANGE(Effect.RAISES, "部分检查指标超出参考范围", "Some measures are out of range."),
    LIFESTYLE(Effect.RAISES, "生活方式因素使预期费用偏高", "Ways of living raise the expected cost."),
    SUBMITTED_EXAMINATION(Effect.RAISES, "提交的专项检查结果须评估", "The special examination handed in has to be weighed."),
    DECLARATION_DIFFERS(Effect.RAISES, "告知内容与记录不完全一致", "What was declared and what is on record differ."),
    LITTLE_HISTORY(Effect.NEUTRAL, "可用记录不足一年", "Less than a year is on record."),
    NO_RECORDS(Effect.NEUTRAL, "未查到健康记录", "Nothing is on record."),
    MEASURES_MISSING(Effect.NEUTRAL, "缺少近三年检查指标", "No measures of the last three years are on record."),
    OUTSIDE_EXPERIENCE(Effect.NEUTRAL, "超出模型适用范围", "The case lies outside what the models have seen."),
    SOURCE_NOT_CURRENT(Effect.NEUTRAL, "所依数据未及时更新或质量不足", "The data behind this are not current or not good enough.");

    private final Effect effect;
    private final String zh;
    private final String en;

    ReasonCode(Effect effect, String zh, String en) {
        this.effect = effect;
        this.zh = zh;
        this.en = en;
    }

    /** Which way a reason works. */
    public enum Effect {
        NEUTRAL,
        RAISES,
        LOWERS
    }

    /** How much a reason weighs, by what it multiplies the rating with: from 1.1 moderate, from 1.5 major. */
    public enum Strength {
        MINOR,
        MODERATE,
        MAJOR;

        static Strength of(double logFactor) {
            double size = Math.abs(logFactor);
            if (size >= Math.log(1.5)) {
                return MAJOR;
            }
            return size >= Math.log(1.1) ? MODERATE : MINOR;
        }
    }

    public Effect effect() {
        return effect;
    }

    /** In Chinese. */
    public String zh() {
        return zh;
    }

    /** In English. */
    public String en() {
        return en;
    }
}
