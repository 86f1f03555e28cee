package cn.jingshu.marketplace.gate;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The arrows between the rooms of the market that decide who may do what at which price. */
class RoomsArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPath(Path.of("target/classes/cn/jingshu/marketplace"));

    @Test
    void noTwoRoomsNeedEachOther() {
        slices().matching("cn.jingshu.marketplace.(store|governance|party|pricing|plan|apikey|scope|consent|subscription|catalogue|gate|demo)..")
                .should().beFreeOfCycles()
                .check(CLASSES);
    }

    @Test
    void theGateKnowsNoEdgeNoPageAndNoBooks() {
        noClasses().that().resideInAPackage("..marketplace.gate..")
                .should().dependOnClassesThat().resideInAnyPackage("..marketplace.edge..", "..marketplace.portal..",
                        "..marketplace.billing..", "..marketplace.runtime..", "io.grpc..", "io.netty..", "io.micronaut.http..")
                .check(CLASSES);
    }

    @Test
    void nothingButTheRunningNodeKnowsTheDemoCity() {
        noClasses().that().resideOutsideOfPackages("..marketplace.demo..", "..marketplace.runtime..")
                .should().dependOnClassesThat().resideInAPackage("..marketplace.demo..")
                .check(CLASSES);
    }

    @Test
    void pricesKnowNoKeysAndNoCalls() {
        noClasses().that().resideInAnyPackage("..marketplace.pricing..", "..marketplace.plan..")
                .should().dependOnClassesThat().resideInAnyPackage("..marketplace.gate..", "..marketplace.apikey..")
                .check(CLASSES);
    }
}
