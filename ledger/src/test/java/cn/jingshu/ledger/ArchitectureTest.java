package cn.jingshu.ledger;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows between the packages of this room, and out of it. */
@AnalyzeClasses(packages = "cn.jingshu.ledger", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule moneyKnowsTheJdkAlone = classes()
            .that().resideInAPackage("cn.jingshu.ledger.money")
            .should().onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "org.jspecify..", "cn.jingshu.ledger.money");

    @ArchTest
    static final ArchRule ledgerKnowsNoOtherRoomAndNoFramework = noClasses()
            .should().dependOnClassesThat()
            .resideInAnyPackage("cn.jingshu.metering..", "cn.jingshu.products..", "cn.jingshu.marketplace..", "io.micronaut..");

    @ArchTest
    static final ArchRule tariffsAreArithmeticAlone = classes()
            .that().resideInAPackage("cn.jingshu.ledger.tariff")
            .should().onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "org.jspecify..", "org.apache.commons.math3.fraction", "com.fasterxml.jackson..",
                    "cn.jingshu.ledger.money", "cn.jingshu.ledger.tariff");

    @ArchTest
    static final ArchRule accountsKnowNoJournal = noClasses()
            .that().resideInAPackage("..account..")
            .should().dependOnClassesThat()
            .resideInAnyPackage("..journal..", "..period..", "..settlement..", "..export..");

    @ArchTest
    static final ArchRule journalKnowsNoneWhoUseIt = noClasses()
            .that().resideInAPackage("..journal..")
            .should().dependOnClassesThat()
            .resideInAnyPackage("..period..", "..settlement..", "..export..", "..ledger.log..");

    @ArchTest
    static final ArchRule settlementKnowsNoExport = noClasses()
            .that().resideInAPackage("..settlement..")
            .should().dependOnClassesThat().resideInAnyPackage("..export..", "..period..");

    /** An auditor's desk runs it without a database. */
    @ArchTest
    static final ArchRule sealKnowsNoDatabaseAndNoBooks = noClasses()
            .that().resideInAPackage("..seal..")
            .should().dependOnClassesThat()
            .resideInAnyPackage("java.sql..", "javax.sql..", "..ledger", "..ledger.log..", "..journal..", "..period..", "..settlement..", "..export..");

    @ArchTest
    static final ArchRule whoVerifiesKnowsNoDatabase = noClasses()
            .that().resideInAnyPackage("..verify..", "..bundle..")
            .should().dependOnClassesThat()
            .resideInAnyPackage("java.sql..", "javax.sql..", "java.net..", "..export..", "..log..", "..period..", "org.postgresql..");

    @ArchTest
    static final ArchRule nothingIsKeptAsADouble = noFields().should().haveRawType(double.class);

    @ArchTest
    static final ArchRule nothingIsAnsweredAsADouble = noMethods().should().haveRawReturnType(double.class);
}
