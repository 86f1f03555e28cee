package cn.jingshu.metering;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "cn.jingshu.metering", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
    @ArchTest
    static final ArchRule METERING_KNOWS_NO_OTHER_ROOM = noClasses()
            .that().resideInAPackage("cn.jingshu.metering..")
            .should().dependOnClassesThat()
            .resideInAnyPackage("cn.jingshu.ledger..", "cn.jingshu.products..", "cn.jingshu.marketplace..", "io.micronaut..");

    @ArchTest
    static final ArchRule AN_EVENT_KNOWS_NOT_WHERE_IT_IS_KEPT = noClasses()
            .that().resideInAPackage("..metering.event..")
            .should().dependOnClassesThat()
            .resideInAnyPackage("..metering.journal..", "..metering.usage..", "..metering.correction..", "..metering.quota..",
                    "..metering.limit..", "java.sql..");

    @ArchTest
    static final ArchRule THE_JOURNAL_KNOWS_ONLY_EVENTS = noClasses()
            .that().resideInAPackage("..metering.journal..")
            .should().dependOnClassesThat()
            .resideInAnyPackage("..metering.usage..", "..metering.correction..", "..metering.quota..", "..metering.limit..");

    @ArchTest
    static final ArchRule QUESTIONS_DO_NOT_REACH_INTO_THE_JOURNAL = noClasses()
            .that().resideInAnyPackage("..metering.usage..", "..metering.correction..", "..metering.quota..")
            .should().dependOnClassesThat()
            .resideInAnyPackage("..metering.journal..", "..metering.limit..");

    @ArchTest
    static final ArchRule A_RATE_LIMIT_NEEDS_NO_DATABASE = noClasses()
            .that().resideInAPackage("..metering.limit..")
            .should().dependOnClassesThat()
            .resideInAnyPackage("..metering.event..", "..metering.journal..", "..metering.quota..", "java.sql..", "javax.sql..");

    @ArchTest
    static final ArchRule ONLY_A_RATE_LIMIT_KNOWS_REDIS = noClasses()
            .that().resideOutsideOfPackage("..metering.limit..")
            .should().dependOnClassesThat()
            .resideInAnyPackage("io.lettuce..", "io.github.bucket4j..");
}
