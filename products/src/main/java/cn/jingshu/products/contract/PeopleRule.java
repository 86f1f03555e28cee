package cn.jingshu.products.contract;

import java.util.ArrayList;
import java.util.List;

/**
 * What every contract keeps to where it is about people, whoever wrote it: the gate asks consent and purpose of those operations alone
 * that say that they are personal, and of those people alone that the request names.
 *
 * <p>An operation of the operator's own code may say why it answers about people and asks nobody ({@code no_subject_zh}, {@code
 * no_subject_en}), where whom it tells of is nobody the market's data are about. A declared product may not.
 */
public final class PeopleRule {

    /**
     * A way in which an operation breaks it.
     *
     * @param operation its name in the contract
     * @param place what of it has to change: {@code path} or {@code personal}
     * @param zh a sentence in Chinese
     * @param en the same in English
     */
    public record Breach(String operation, String place, String zh, String en) {}

    private PeopleRule() {}

    /** All breaches of a contract that somebody declared, in its order; empty: it keeps to the rule. */
    public static List<Breach> breachesOfDeclared(Contract contract) {
        List<Breach> breaches = new ArrayList<>();
        for (ContractMethod method : contract.methods()) {
            common(method, breaches);
            if (!method.personal() && method.answersAboutPeople()) {
                breaches.add(unasked(method));
            }
            if (!method.noSubjectZh().isEmpty() || !method.noSubjectEn().isEmpty()) {
                breaches.add(new Breach(method.name(), "personal", "登记的产品不得自行说明免于征得同意(no_subject)",
                        "a declared product gives itself no reason to ask nobody (no_subject)"));
            }
        }
        return List.copyOf(breaches);
    }

    /** All breaches of a contract of the operator's own code, in its order; empty: it keeps to the rule. */
    public static List<Breach> breachesOfCode(Contract contract) {
        List<Breach> breaches = new ArrayList<>();
        for (ContractMethod method : contract.methods()) {
            common(method, breaches);
            boolean zh = !method.noSubjectZh().isBlank();
            boolean en = !method.noSubjectEn().isBlank();
            boolean unasked = !method.personal() && method.answersAboutPeople();
            if (zh != en) {
                breaches.add(new Breach(method.name(), "personal", "免于征得同意的理由(no_subject)须有中英文",
                        "a reason to ask nobody (no_subject) is given in Chinese and in English"));
            } else if (unasked && !zh) {
                breaches.add(unasked(method));
            } else if (!unasked && zh) {
                breaches.add(new Breach(method.name(), "personal", "应答不含个人信息或已征得同意的操作不需要理由(no_subject)",
                        "an operation that answers about nobody, or asks, needs no reason to ask nobody (no_subject)"));
            }
        }
        return List.copyOf(breaches);
    }

    private static Breach unasked(ContractMethod method) {
        return new Breach(method.name(), "personal", "应答含个人信息的操作须标为涉及个人",
                "an operation that answers about people must say that it is personal");
    }

    private static void common(ContractMethod method, List<Breach> breaches) {
        if (method.tellsOfPeopleInAddress()) {
            breaches.add(new Breach(method.name(), "path",
                    "所查询的人(subject)与其他个人信息须放在请求正文中(POST,且不在路径中):地址会进入日志与错误应答", "who is asked about (subject) and whatever is personal stand in the body"
                            + " (POST, and not in the path): addresses stand in logs and refusals"));
        }
        if (!method.personal() && method.namesSubjects()) {
            breaches.add(new Breach(method.name(), "personal", "有参数标明所查询的人(subject)的操作须标为涉及个人",
                    "an operation with a parameter that names the person (subject) must say that it is personal"));
        }
        if (method.personal() && !method.namesSubjects()) {
            breaches.add(new Breach(method.name(), "personal", "涉及个人的操作须有一个参数标明所查询的人(subject)",
                    "an operation about people needs a parameter that names the person (subject)"));
        }
    }
}
