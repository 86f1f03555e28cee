package cn.jingshu.products.claims;

import cn.jingshu.products.claims.v1.GetRankingModelRequest;
import cn.jingshu.products.claims.v1.GetRankingModelResponse;
import cn.jingshu.products.claims.v1.RankProvidersRequest;
import cn.jingshu.products.claims.v1.RankProvidersResponse;
import cn.jingshu.products.claims.v1.ScreenClaimsRequest;
import cn.jingshu.products.claims.v1.ScreenClaimsResponse;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.WatchedModel;
import cn.jingshu.products.statistics.WatchedRows;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;

/** The operations on what a caller hands in. Nothing of it is kept, and nothing of the domain is read for it. */
final class FileOperations {
    /** Files worked on at a time; further ones wait on threads that cost little, so that the machine is left to the other calls. */
    private static final int AT_A_TIME = 2;

    private final ProviderRanking ranking;
    private final WatchedRows watched;
    private final Semaphore room = new Semaphore(AT_A_TIME);
    private final Executor elsewhere = work -> Thread.ofVirtual().name("claims-file").start(() -> {
        room.acquireUninterruptibly();
        try {
            work.run();
        } finally {
            room.release();
        }
    });

    FileOperations(ProviderRanking ranking) {
        this.ranking = ranking;
        this.watched = WatchedRows.of(ranking.model(), Set.of());
    }

    /** The count of what the ranking is asked about. */
    WatchedModel watched() {
        return watched.model();
    }

    CompletionStage<Answer<ScreenClaimsResponse>> screen(CallFacts facts, ScreenClaimsRequest request) {
        Optional<ClaimLayout> layout = ClaimsMessages.layout(request.getLayout());
        if (layout.isEmpty()) {
            return CompletableFuture.completedFuture(Answer.invalid("layout", "须指明文件格式。", "Name the layout of the file."));
        }
        return CompletableFuture.supplyAsync(() -> screened(layout.get(), request), elsewhere);
    }

    private static Answer<ScreenClaimsResponse> screened(ClaimLayout layout, ScreenClaimsRequest request) {
        ClaimFile file;
        Map<String, LocalDate> deaths;
        try {
            file = ClaimFileReader.read(layout, request.getContent());
            deaths = new HashMap<>(file.deaths());
        } catch (ClaimFileReader.Unreadable wrong) {
            return Answer.invalid("content", "文件不符合所指格式:" + wrong.getMessage() + "。", "The file is not of that layout: " + wrong.getMessage() + ".");
        }
        if (!request.getBeneficiaries().isBlank()) {
            try {
                deaths.putAll(ClaimFileReader.read(ClaimLayout.CMS_RIF, request.getBeneficiaries()).deaths());
            } catch (ClaimFileReader.Unreadable wrong) {
                return Answer.invalid("beneficiaries", "受益人文件不符合格式:" + wrong.getMessage() + "。",
                        "The beneficiary file is not of its layout: " + wrong.getMessage() + ".");
            }
        }
        List<Clue> clues;
        try {
            clues = new ArrayList<>(Screening.stays(file.stays()));
            clues.addAll(Screening.afterDeath(file.stays(), file.visits(), deaths));
            clues.addAll(Screening.severalPlaces(file.stays(), file.visits()));
        } catch (Screening.TooMuch tooMuch) {
            return Answer.invalid("content", "同一人的记录或线索过多,无法排查;请检查或拆分文件。",
                    "There are more stays of one person, or more clues, than can be screened; check the file or split it.");
        }
        Peers.of(file.stays().stream().filter(s -> !s.reversed()).mapToDouble(Stay::chargeADay).toArray())
                .ifPresent(peers -> clues.addAll(Screening.charges(file.stays(), peers)));
        clues.addAll(Screening.providers(file.stays(), medians(file.stays())));
        return Answer.of(ClaimsMessages.screened(file, clues), file.claims());
    }

    /** The median charge a day of each provider with claims of enough people. */
    private static Map<String, Double> medians(List<Stay> stays) {
        Map<String, List<Stay>> byProvider = new TreeMap<>();
        stays.stream().filter(s -> !s.reversed()).forEach(s -> byProvider.computeIfAbsent(s.provider(), _ -> new ArrayList<>()).add(s));
        Map<String, Double> medians = new TreeMap<>();
        byProvider.forEach((provider, own) -> {
            if (own.stream().map(Stay::person).distinct().count() >= ProviderRanking.FEWEST_PEOPLE) {
                medians.put(provider, Peers.quantile(own.stream().mapToDouble(Stay::chargeADay).sorted().toArray(), 0.5));
            }
        });
        return medians;
    }

    CompletionStage<Answer<RankProvidersResponse>> rank(CallFacts facts, RankProvidersRequest request) {
        List<ProviderSummary> summaries = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < request.getProvidersCount(); i++) {
            var p = request.getProviders(i);
            String field = "providers[" + i + "]";
            if (!seen.add(p.getProvider())) {
                return CompletableFuture.completedFuture(Answer.invalid(field + ".provider", "机构重复出现。", "This provider stands here a second time."));
            }
            try {
                summaries.add(summary(p));
            } catch (IllegalArgumentException wrong) {
                return CompletableFuture.completedFuture(Answer.invalid(field, "数值缺失或超出范围。", "A number is missing or out of range."));
            }
        }
        return CompletableFuture.supplyAsync(() -> {
            ProviderRanking.Result result = ranking.rank(summaries);
            if (!facts.sandbox()) {
                ProviderRanking.rankable(summaries).forEach(each -> watched.count(each.vector()));
            }
            return Answer.of(ClaimsMessages.ranked(result, ranking.model()), (long) summaries.size() - result.suppressed());
        }, elsewhere);
    }

    /** The contract names the numbers as the engine does. */
    private static ProviderSummary summary(cn.jingshu.products.claims.v1.ProviderSummary message) {
        Map<String, Double> numbers = new HashMap<>();
        message.getAllFields().forEach((field, value) -> {
            if (value instanceof Double number) {
                numbers.put(field.getName(), number);
            }
        });
        return new ProviderSummary(message.getProvider(), numbers);
    }

    CompletionStage<Answer<GetRankingModelResponse>> card(CallFacts facts, GetRankingModelRequest request) {
        return CompletableFuture.completedFuture(Answer.of(ClaimsMessages.card(ranking.model())));
    }
}
