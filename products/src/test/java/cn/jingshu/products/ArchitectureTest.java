package cn.jingshu.products;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import cn.jingshu.products.spi.Operation;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "cn.jingshu", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule THE_SPI_KNOWS_ONLY_PROTOBUF_AND_THE_JDK = classes()
            .that()
            .resideInAPackage("cn.jingshu.products.spi..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("cn.jingshu.products.spi..", "com.google.protobuf..", "java..", "org.jspecify..");

    @ArchTest
    static final ArchRule THE_CONTRACT_KNOWS_NO_PRODUCT = classes()
            .that()
            .resideInAPackage("cn.jingshu.products.contract..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "cn.jingshu.products.contract..",
                    "cn.jingshu.products.spi..",
                    "com.google.protobuf..",
                    "com.google.api..",
                    "java..",
                    "org.jspecify..");

    @ArchTest
    static final ArchRule PRODUCTS_KNOW_NEITHER_METER_NOR_MONEY_NOR_EDGE = noClasses()
            .that()
            .resideInAPackage("cn.jingshu.products..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "cn.jingshu.metering..", "cn.jingshu.ledger..", "cn.jingshu.marketplace..", "io.micronaut.http..", "io.grpc..");

    /** So that whoever says that it guards its aggregates does: the contract trusts the type of the handler. */
    @ArchTest
    static final ArchRule AGGREGATES_ARE_ANSWERED_THROUGH_DISCLOSURE_ALONE = classes()
            .that()
            .implement(Operation.AggregateHandler.class)
            .should()
            .resideInAPackage("cn.jingshu.products.domain.disclosure");

    @ArchTest
    static final ArchRule ECHO_KNOWS_ONLY_THE_SPI = classes()
            .that()
            .resideInAPackage("cn.jingshu.products.echo")
            .and()
            .haveNameNotMatching(".*[$].*") // what Micronaut generates beside the bean
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "cn.jingshu.products.echo..", "cn.jingshu.products.spi..", "com.google.protobuf..", "java..", "jakarta.inject..", "org.jspecify..");
}
