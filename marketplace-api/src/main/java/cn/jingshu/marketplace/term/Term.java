package cn.jingshu.marketplace.term;

import java.util.Optional;

/** A term within which something has to be answered or done; how long it is, is a number of policy with its citation. */
public enum Term {
    /** A provider brings the catalogue up to date after a change (条例第十七条). */
    CATALOGUE_UPDATE("term.catalogue-update", true),
    /** The bureau reviews and publishes what was handed in (条例第十七条). */
    CATALOGUE_REVIEW("term.catalogue-review", false),
    /** A use that was applied for is answered. */
    USE_APPLICATION("term.use-application", true),
    /** What was granted to a product is there for it (条例第二十二条). */
    DELIVERY("term.delivery", false),
    /** A product's registration is taken in, or sent back once (登记管理暂行办法). */
    REGISTRATION_ACCEPTANCE("term.registration-acceptance", false),
    /** A product's registration is reviewed, from when it was taken in (登记管理暂行办法). */
    REGISTRATION_REVIEW("term.registration-review", false),
    /** An objection is verified and answered (条例第二十六条). */
    OBJECTION("term.objection", false),
    /** What stays in dispute is decided. */
    OBJECTION_DECISION("term.objection-decision", false),
    /** What a person asks for about their own data is answered (个人信息保护法第五十条). */
    PERSONAL_REQUEST("term.personal-request", false);

    private final String parameter;
    private final boolean extendable;

    Term(String parameter, boolean extendable) {
        this.parameter = parameter;
        this.extendable = extendable;
    }

    /** The name of its length among the numbers of policy. */
    public String parameter() {
        return parameter;
    }

    /** The name of the longest extension; empty: it cannot be extended. */
    public Optional<String> extensionParameter() {
        return extendable ? Optional.of(parameter + ".extension") : Optional.empty();
    }
}
