package cn.jingshu.products.records;

import static cn.jingshu.products.domain.ResourceTable.Column.of;
import static cn.jingshu.products.domain.ResourceTable.Column.personal;
import static cn.jingshu.products.domain.ResourceTable.Column.sealed;
import static cn.jingshu.products.domain.ResourceTable.Column.subject;
import static cn.jingshu.products.domain.ResourceTable.Identifier.RESIDENT;
import static cn.jingshu.products.domain.ResourceTable.Protection.PERSONAL;
import static cn.jingshu.products.domain.ResourceTable.Protection.SENSITIVE_PERSONAL;
import static cn.jingshu.products.domain.ResourceTable.Type.BOOLEAN;
import static cn.jingshu.products.domain.ResourceTable.Type.DATE;
import static cn.jingshu.products.domain.ResourceTable.Type.DECIMAL;
import static cn.jingshu.products.domain.ResourceTable.Type.INTEGER;
import static cn.jingshu.products.domain.ResourceTable.Type.TEXT;

import cn.jingshu.products.domain.ResourceTable;
import java.util.List;

/**
 * Health and medical insurance: resources A2.2.1 to A2.2.9 of 市卫健委 and A2.3.1 to A2.3.3 of 市医保局. Persons are tokens;
 * diagnoses, operations and drugs of a person are sealed. Diagnoses are ICD-10 codes, amounts fen.
 */
public final class HealthTables {
    private HealthTables() {}

    /** 门诊收费: what an outpatient visit cost, by item. */
    public static final ResourceTable OUTPATIENT_CHARGE = new ResourceTable("outpatient_charge", "A2.2.1", List.of(
            of("charge_id", TEXT, "收费编号", "id of the charge"),
            subject("person", "患者", "the patient").identifying(RESIDENT),
            personal("charged_on", DATE, PERSONAL, "收费日期", "day"),
            of("institution", TEXT, "医疗机构编码", "code of the institution"),
            sealed("item_code", "项目编码", "code of the item or drug"),
            personal("amount_fen", INTEGER, SENSITIVE_PERSONAL, "金额(分)", "amount, fen")),
            List.of("charge_id"), List.of(List.of("person", "charged_on")));

    /** 高血压患者健康管理: a follow-up of a managed patient. */
    public static final ResourceTable HYPERTENSION_FOLLOW_UP = new ResourceTable("hypertension_follow_up", "A2.2.3", List.of(
            of("follow_up_id", TEXT, "随访编号", "id of the follow-up"),
            subject("person", "患者", "the patient").identifying(RESIDENT),
            personal("followed_up_on", DATE, PERSONAL, "随访日期", "day"),
            personal("systolic_mmhg", INTEGER, SENSITIVE_PERSONAL, "收缩压", "systolic pressure, mmHg"),
            personal("diastolic_mmhg", INTEGER, SENSITIVE_PERSONAL, "舒张压", "diastolic pressure, mmHg"),
            personal("treated", BOOLEAN, SENSITIVE_PERSONAL, "是否服药", "true: takes drugs for it")),
            List.of("follow_up_id"), List.of(List.of("person", "followed_up_on")));

    /** 出院记录: one stay in a hospital, ended. */
    public static final ResourceTable DISCHARGE = new ResourceTable("discharge", "A2.2.4", List.of(
            of("stay_id", TEXT, "住院编号", "id of the stay"),
            subject("person", "患者", "the patient").identifying(RESIDENT),
            of("institution", TEXT, "医疗机构编码", "code of the institution"),
            personal("admitted_on", DATE, PERSONAL, "入院日期", "day of admission"),
            personal("discharged_on", DATE, PERSONAL, "出院日期", "day of discharge"),
            sealed("diagnosis_code", "主要诊断(ICD-10)", "main diagnosis, ICD-10"),
            sealed("further_diagnoses", "其他诊断(ICD-10,空格分隔)", "further diagnoses, ICD-10, separated by spaces").optional(),
            personal("total_fen", INTEGER, SENSITIVE_PERSONAL, "总费用(分)", "total charge, fen"),
            personal("insured_fen", INTEGER, SENSITIVE_PERSONAL, "医保支付(分)", "paid by the insurance, fen"),
            of("died", BOOLEAN, "是否死亡", "true: died in the stay")),
            List.of("stay_id"), List.of(List.of("person", "admitted_on"), List.of("institution", "admitted_on")));

    /** 体检明细: one physical examination; a value that was not taken is empty. */
    public static final ResourceTable EXAMINATION = new ResourceTable("examination", "A2.2.5", List.of(
            of("examination_id", TEXT, "体检编号", "id of the examination"),
            subject("person", "受检者", "the person examined").identifying(RESIDENT),
            personal("examined_on", DATE, PERSONAL, "体检日期", "day"),
            personal("male", BOOLEAN, PERSONAL, "是否男性", "true: male"),
            personal("birth_year", INTEGER, PERSONAL, "出生年份", "year of birth"),
            personal("height_cm", DECIMAL, SENSITIVE_PERSONAL, "身高", "height, cm").optional(),
            personal("weight_kg", DECIMAL, SENSITIVE_PERSONAL, "体重", "weight, kg").optional(),
            personal("waist_cm", DECIMAL, SENSITIVE_PERSONAL, "腰围", "waist, cm").optional(),
            personal("systolic_mmhg", INTEGER, SENSITIVE_PERSONAL, "收缩压", "systolic pressure, mmHg").optional(),
            personal("diastolic_mmhg", INTEGER, SENSITIVE_PERSONAL, "舒张压", "diastolic pressure, mmHg").optional(),
            personal("fasting_glucose_mmol_l", DECIMAL, SENSITIVE_PERSONAL, "空腹血糖", "fasting glucose, mmol/L").optional(),
            personal("total_cholesterol_mmol_l", DECIMAL, SENSITIVE_PERSONAL, "总胆固醇", "total cholesterol, mmol/L").optional(),
            personal("hdl_mmol_l", DECIMAL, SENSITIVE_PERSONAL, "高密度脂蛋白", "HDL cholesterol, mmol/L").optional(),
            personal("ldl_mmol_l", DECIMAL, SENSITIVE_PERSONAL, "低密度脂蛋白", "LDL cholesterol, mmol/L").optional(),
            personal("triglycerides_mmol_l", DECIMAL, SENSITIVE_PERSONAL, "甘油三酯", "triglycerides, mmol/L").optional(),
            personal("smoker", BOOLEAN, SENSITIVE_PERSONAL, "是否吸烟", "true: smokes").optional()),
            List.of("examination_id"), List.of(List.of("person", "examined_on")));

    /** 手术记录: one operation. */
    public static final ResourceTable OPERATION = new ResourceTable("operation_record", "A2.2.6", List.of(
            of("operation_id", TEXT, "手术编号", "id of the operation"),
            subject("person", "患者", "the patient").identifying(RESIDENT),
            of("institution", TEXT, "医疗机构编码", "code of the institution"),
            personal("operated_on", DATE, PERSONAL, "手术日期", "day"),
            sealed("operation_code", "手术编码(ICD-9-CM-3)", "code of the operation, ICD-9-CM-3")),
            List.of("operation_id"), List.of(List.of("person", "operated_on")));

    /** 门诊就诊记录: one outpatient visit. */
    public static final ResourceTable OUTPATIENT_VISIT = new ResourceTable("outpatient_visit", "A2.2.7", List.of(
            of("visit_id", TEXT, "就诊编号", "id of the visit"),
            subject("person", "患者", "the patient").identifying(RESIDENT),
            of("institution", TEXT, "医疗机构编码", "code of the institution"),
            of("emergency", BOOLEAN, "是否急诊", "true: an emergency"),
            personal("visited_on", DATE, PERSONAL, "就诊日期", "day"),
            sealed("diagnosis_code", "诊断(ICD-10)", "diagnosis, ICD-10")),
            List.of("visit_id"), List.of(List.of("person", "visited_on")));

    /** 检验明细: one value of a laboratory. */
    public static final ResourceTable LABORATORY_RESULT = new ResourceTable("laboratory_result", "A2.2.9", List.of(
            of("result_id", TEXT, "检验编号", "id of the result"),
            subject("person", "患者", "the patient").identifying(RESIDENT),
            personal("taken_on", DATE, PERSONAL, "采样日期", "day of the sample"),
            of("test_code", TEXT, "项目编码(LOINC)", "code of the test, LOINC"),
            personal("amount", DECIMAL, SENSITIVE_PERSONAL, "结果", "value, in the unit"),
            of("unit", TEXT, "单位", "unit, UCUM")),
            List.of("result_id"), List.of(List.of("person", "test_code", "taken_on")));

    /** 医保消费明细: one item the medical insurance paid towards; drugs carry the days they were given for. */
    public static final ResourceTable INSURANCE_SPENDING = new ResourceTable("insurance_spending", "A2.3.1", List.of(
            of("item_id", TEXT, "明细编号", "id of the item"),
            subject("person", "参保人", "the insured person").identifying(RESIDENT),
            of("institution", TEXT, "医疗机构或药店编码", "code of the institution or pharmacy"),
            personal("spent_on", DATE, PERSONAL, "消费日期", "day"),
            sealed("item_code", "医保药品或项目编码", "code of the drug or item"),
            sealed("item_name", "药品或项目名称", "generic name of the drug or item"),
            personal("days_supplied", INTEGER, SENSITIVE_PERSONAL, "给药天数", "days the drug was given for").optional(),
            personal("amount_fen", INTEGER, SENSITIVE_PERSONAL, "金额(分)", "amount, fen")),
            List.of("item_id"), List.of(List.of("person", "spent_on")));

    /** 医保参保人员: who is insured. */
    public static final ResourceTable INSURED_PERSON = new ResourceTable("insured_person", "A2.3.2", List.of(
            subject("person", "参保人", "the insured person").identifying(RESIDENT),
            personal("male", BOOLEAN, PERSONAL, "是否男性", "true: male"),
            personal("birth_year", INTEGER, PERSONAL, "出生年份", "year of birth"),
            personal("district", TEXT, PERSONAL, "参保区县代码", "code of the district"),
            of("insured", BOOLEAN, "是否在保", "true: insured now")),
            List.of("person"), List.of());

    /** 医疗机构药品: what an institution or pharmacy has of a drug. */
    public static final ResourceTable INSTITUTION_DRUG = new ResourceTable("institution_drug", "A2.3.3", List.of(
            of("institution", TEXT, "机构或药店编码", "code of the institution or pharmacy"),
            of("name", TEXT, "机构名称", "name of the institution"),
            of("kind", TEXT, "HOSPITAL 或 PHARMACY", "HOSPITAL or PHARMACY"),
            of("district", TEXT, "区县代码", "code of the district"),
            of("drug_code", TEXT, "医保药品编码", "code of the drug"),
            of("drug_name", TEXT, "药品通用名", "generic name of the drug"),
            of("in_stock", BOOLEAN, "是否有货", "true: in stock")),
            List.of("institution", "drug_code"), List.of(List.of("drug_code")));
}
