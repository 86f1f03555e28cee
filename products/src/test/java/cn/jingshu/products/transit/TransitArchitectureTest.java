package cn.jingshu.products.transit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows within transit: geo ← gtfs ← feed ← predict ← fleet ← demo and operations; messages stop at the operations. */
@AnalyzeClasses(packages = "cn.jingshu.products.transit", importOptions = ImportOption.DoNotIncludeTests.class)
class TransitArchitectureTest {
    private static final String ROOT = "cn.jingshu.products.transit";

    @ArchTest
    static final ArchRule GEO_KNOWS_THE_JDK_ALONE =
            noClasses().that().resideInAPackage("..transit.geo..").should().dependOnClassesThat().resideInAnyPackage(
                    "..transit.gtfs..", "..transit.feed..", "..transit.predict..", "..transit.fleet..", "..transit.demo..", ROOT);

    @ArchTest
    static final ArchRule THE_TIMETABLE_KNOWS_NO_LIVE_DATA =
            noClasses().that().resideInAPackage("..transit.gtfs..").should().dependOnClassesThat().resideInAnyPackage(
                    "..transit.feed..", "..transit.predict..", "..transit.fleet..", "..transit.demo..", ROOT);

    @ArchTest
    static final ArchRule FEEDS_DO_NOT_KNOW_THE_FLEET =
            noClasses().that().resideInAPackage("..transit.feed..").should().dependOnClassesThat().resideInAnyPackage(
                    "..transit.predict..", "..transit.fleet..", "..transit.demo..", ROOT);

    @ArchTest
    static final ArchRule NOTHING_DOWNSTREAM_KNOWS_THE_DEMONSTRATION =
            noClasses().that().resideInAnyPackage("..transit.fleet..", "..transit.predict..").should().dependOnClassesThat().resideInAPackage(
                    "..transit.demo..");

    @ArchTest
    static final ArchRule CONTRACT_MESSAGES_STOP_AT_THE_OPERATIONS =
            noClasses().that().resideInAnyPackage("..transit.geo..", "..transit.gtfs..", "..transit.feed..", "..transit.predict..", "..transit.fleet..", "..transit.demo..")
                    .should().dependOnClassesThat().resideInAPackage("..transit.v1..");
}
