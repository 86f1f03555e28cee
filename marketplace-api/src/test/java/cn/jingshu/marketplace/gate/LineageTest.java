package cn.jingshu.marketplace.gate;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.library.v1.LibraryProto;
import cn.jingshu.marketplace.library.v1.ListLoansRequest;
import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.transit.v1.TransitProto;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What an operation reads and whom it asks about is what its contract says. */
class LineageTest {
    private static final Contract TRANSIT = Contract.of(TransitProto.getDescriptor().findServiceByName("TransitService"));
    private static final Contract LIBRARY = Contract.of(LibraryProto.getDescriptor().findServiceByName("LibraryService"));

    private final Map<String, Map<String, Set<String>>> transit = Lineage.of(List.of(TRANSIT, LIBRARY)).of("transit");

    @Test
    void anOperationReadsTheColumnsItsAnswerShowsAndNoMore() {
        Map<String, Set<String>> routes = Objects.requireNonNull(transit.get("ListRoutes"));
        assertThat(routes.keySet()).isEqualTo(Set.of("A2.8.1", "A2.8.3"));
        assertThat(routes.get("A2.8.1")).contains("Route.short_name", "Route.long_name")
                .allMatch(column -> column.startsWith("Route."));
    }

    @Test
    void anOperationThatAnswersBytesReadsWhateverItsProductShows() {
        ContractMethod bytes = TRANSIT.methods().stream().filter(ContractMethod::answersBytes).findFirst().orElseThrow();
        assertThat(transit.get(bytes.name())).isEqualTo(Lineage.columnsOf(TRANSIT)).containsKeys("A2.8.1", "A2.8.2");
    }

    @Test
    void aProductWithoutResourcesReadsNone() {
        assertThat(Lineage.of(List.of(LIBRARY)).of("library").values()).allMatch(Map::isEmpty);
        assertThat(Lineage.of(List.of()).of("library")).isEmpty();
    }

    @Test
    void whoIsAskedAboutStandsInTheFieldMarkedAsSubject() {
        ContractMethod loans = LIBRARY.methods().stream().filter(ContractMethod::personal).findFirst().orElseThrow();
        assertThat(loans.subjectsOf(ListLoansRequest.newBuilder().setReaderId("r1").build())).containsExactly("r1");
        assertThat(loans.subjectsOf(ListLoansRequest.newBuilder().setReaderId(" ").build())).isEmpty();
        assertThat(loans.subjectsOf(ListLoansRequest.getDefaultInstance())).isEmpty();
    }
}
