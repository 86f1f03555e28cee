package cn.jingshu.products.health.risk;

/**
 * What a score may ask for. A yes or no is 1 or 0; a choice is its number. The bounds say what a body can have at all: what
 * lies outside is a slip of the pen or of the unit and is never reckoned with.
 */
public enum Input {
    AGE("年龄", "age", "a", 18, 120),
    MALE("性别(男)", "sex (male)", "", 0, 1),
    SYSTOLIC("收缩压", "systolic pressure", "mm[Hg]", 50, 300),
    /** Standard deviation of the systolic pressures of the last five years. */
    SYSTOLIC_DEVIATION("收缩压波动(标准差)", "standard deviation of systolic pressures", "mm[Hg]", 0, 60),
    TREATED_HYPERTENSION("正在服用降压药", "takes drugs for high blood pressure", "", 0, 1),
    TOTAL_CHOLESTEROL("总胆固醇", "total cholesterol", "mmol/L", 0.5, 30),
    HDL("高密度脂蛋白胆固醇", "HDL cholesterol", "mmol/L", 0.1, 6),
    WAIST("腰围", "waist", "cm", 30, 250),
    BMI("体质指数", "body mass index", "kg/m2", 8, 100),
    SMOKER("现在吸烟", "smokes now", "", 0, 1),
    DIABETES("已诊断糖尿病", "has diabetes", "", 0, 1),
    /** Lives north of the Yangtze: how China-PAR was fitted. */
    NORTHERN("居住在长江以北", "lives north of the Yangtze", "", 0, 1),
    URBAN("居住在城市", "lives in a town", "", 0, 1),
    FAMILY_ASCVD("父母或同胞有心肌梗死或脑卒中", "a parent or sibling had a heart attack or stroke", "", 0, 1),
    /** 0 none, 1 grandparents, aunts, uncles, cousins only, 2 parents, siblings or children. */
    FAMILY_DIABETES("糖尿病家族史", "family history of diabetes", "", 0, 2),
    DAILY_ACTIVITY("每天至少活动30分钟", "moves at least 30 minutes a day", "", 0, 1),
    DAILY_VEGETABLES("每天吃蔬菜或水果", "eats vegetables or fruit every day", "", 0, 1),
    EVER_HIGH_GLUCOSE("曾有血糖升高", "ever had high blood glucose", "", 0, 1),
    EVER_TREATED_HYPERTENSION("曾服用降压药", "ever took drugs for high blood pressure", "", 0, 1),
    /** 0 low, 1 moderate, 2 high, 3 very high: regions of Europe by their mortality; China has none. */
    EUROPEAN_REGION("SCORE2欧洲风险地区", "SCORE2 risk region of Europe", "", 0, 3),
    /** 1: the equation for African Americans; 0: the one for whites and others. */
    POOLED_COHORT_BLACK("采用非洲裔美国人方程", "equation for African Americans", "", 0, 1),
    /** 1 to 9 in the order of QRISK3: white or not stated, Indian, Pakistani, Bangladeshi, other Asian, Caribbean, African, Chinese, other. */
    ETHNICITY("QRISK3族裔", "QRISK3 ethnicity", "", 1, 9),
    /** 1 to 5: never, former, fewer than 10, 10 to 19, 20 and more a day. */
    SMOKING_CATEGORY("QRISK3吸烟分类", "QRISK3 smoking category", "", 1, 5),
    TOWNSEND("汤森贫困指数", "Townsend deprivation score", "", -7, 11),
    /** A first-degree relative had angina or a heart attack before 60. */
    FAMILY_EARLY_CORONARY("一级亲属60岁前患冠心病", "coronary disease of a first-degree relative before 60", "", 0, 1),
    ATRIAL_FIBRILLATION("心房颤动", "atrial fibrillation", "", 0, 1),
    ATYPICAL_ANTIPSYCHOTICS("服用非典型抗精神病药", "takes atypical antipsychotics", "", 0, 1),
    CORTICOSTEROIDS("长期服用糖皮质激素", "takes corticosteroids regularly", "", 0, 1),
    ERECTILE_DYSFUNCTION("勃起功能障碍", "erectile dysfunction", "", 0, 1),
    MIGRAINE("偏头痛", "migraine", "", 0, 1),
    RHEUMATOID_ARTHRITIS("类风湿关节炎", "rheumatoid arthritis", "", 0, 1),
    CHRONIC_KIDNEY_DISEASE("慢性肾病3至5期", "chronic kidney disease, stage 3 to 5", "", 0, 1),
    SEVERE_MENTAL_ILLNESS("重性精神疾病", "severe mental illness", "", 0, 1),
    LUPUS("系统性红斑狼疮", "systemic lupus erythematosus", "", 0, 1),
    TYPE_1_DIABETES("1型糖尿病", "type 1 diabetes", "", 0, 1),
    TYPE_2_DIABETES("2型糖尿病", "type 2 diabetes", "", 0, 1),
    /** A recorded heart attack, angina, stroke or other atherosclerotic disease: scores of primary prevention do not apply. */
    ESTABLISHED_ASCVD("已患动脉粥样硬化性心血管病", "has an atherosclerotic cardiovascular disease", "", 0, 1);

    private final String zh;
    private final String en;
    private final String unit;
    private final double least;
    private final double greatest;

    Input(String zh, String en, String unit, double least, double greatest) {
        this.zh = zh;
        this.en = en;
        this.unit = unit;
        this.least = least;
        this.greatest = greatest;
    }

    public String zh() {
        return zh;
    }

    public String en() {
        return en;
    }

    /** UCUM; empty: it has none. */
    public String unit() {
        return unit;
    }

    public double least() {
        return least;
    }

    public double greatest() {
        return greatest;
    }

    /** Whether a body can have this value; false for what is no number. */
    public boolean possible(double value) {
        return value >= least && value <= greatest; // false for NaN
    }
}
