package cn.jingshu.products.lending;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The methods are pure: they know neither the wire nor the store, and the product does not know how its scorecards were trained. */
@AnalyzeClasses(packages = "cn.jingshu.products.lending", importOptions = ImportOption.DoNotIncludeTests.class)
class LendingArchitectureTest {
    @ArchTest
    static final ArchRule THE_METHODS_KNOW_NEITHER_WIRE_NOR_STORE = noClasses()
            .that()
            .resideInAnyPackage("..lending.schedule..", "..lending.rate..", "..lending.policy..", "..lending.estimate..", "..lending.score..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..lending.v1..", "..products.domain..", "..products.spi..", "com.google.protobuf..", "io.micronaut..");

    @ArchTest
    static final ArchRule WHAT_IS_SERVED_KNOWS_NO_TRAINING = noClasses()
            .that()
            .resideOutsideOfPackage("..lending.training..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("..lending.training..");
}
