package cn.jingshu.products.claims;

import cn.jingshu.products.claims.v1.CaseChangeResponse;
import cn.jingshu.products.claims.v1.CaseResponse;
import cn.jingshu.products.claims.v1.ClaimClue;
import cn.jingshu.products.claims.v1.ClueCount;
import cn.jingshu.products.claims.v1.Conclusion;
import cn.jingshu.products.claims.v1.Evidence;
import cn.jingshu.products.claims.v1.FileClueCount;
import cn.jingshu.products.claims.v1.FileLayout;
import cn.jingshu.products.claims.v1.GetRankingModelResponse;
import cn.jingshu.products.claims.v1.OnRecord;
import cn.jingshu.products.claims.v1.RankProvidersResponse;
import cn.jingshu.products.claims.v1.RankedProvider;
import cn.jingshu.products.claims.v1.RankingReason;
import cn.jingshu.products.claims.v1.RejectedLine;
import cn.jingshu.products.claims.v1.ScreenClaimsResponse;
import cn.jingshu.products.claims.v1.Task;
import cn.jingshu.products.claims.v1.TaskKind;
import cn.jingshu.products.claims.v1.TaskOutcome;
import cn.jingshu.products.statistics.StoredModel;
import com.google.protobuf.Timestamp;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Between the contract's messages and the engine's records. */
final class ClaimsMessages {
    static final String NOTICE_ZH = "线索仅提示核查方向,不构成欺诈认定,亦不得单独作为拒赔依据。";
    static final String NOTICE_EN = "A clue says where to look. It is no finding of fraud, and no ground by itself to refuse a claim.";
    private static final String RANKING_NOTICE_ZH = "名次只表示核查先后,得分不是违规概率;对机构的任何处理须以人工核查为据。";
    private static final String RANKING_NOTICE_EN = "A place says whom to look at first; the score is no probability of wrongdoing. Whatever follows has to rest on a person's inquiry.";
    private static final String LIMITS_ZH = "由美国 Medicare 2009 年前后机构汇总训练,标签为数据集自带标记,未经司法认定;费用规模权重大,大型机构天然靠前。用于本市前须以本市数据重新训练。";
    private static final String LIMITS_EN = "Trained on summaries of US Medicare providers of about 2009 whose flags are the data set's own and no court's. Revenue weighs much, so large"
            + " providers stand near the top by their size. Has to be trained anew on the city's own data before it guides inquiries here.";
    private static final int MOST_CLUES = 1_000;

    private ClaimsMessages() {}

    static Timestamp timestamp(Instant at) {
        return Timestamp.newBuilder().setSeconds(at.getEpochSecond()).setNanos(at.getNano()).build();
    }

    static CaseResponse caseOf(CaseBook.Held held, boolean sandbox) {
        CaseFile file = held.file();
        var answer = CaseResponse.newBuilder()
                .setCaseId(held.caseId().toString())
                .setVersion(file.version())
                .setState(state(file.state()))
                .setClaimNumber(file.openedText("claim_number"))
                .setInsurerUscc(file.openedText("insurer"))
                .setClaimedStay(onRecord(file.onRecord()))
                .setReleaseApproved(file.approval() != null)
                .setOpenedAt(timestamp(held.events().getFirst().at()))
                .setSandbox(sandbox);
        if (file.state() != CaseState.OPEN && held.events().stream().anyMatch(e -> e.kind() == CaseEvent.Kind.SCREENED)) {
            answer.addAllClues(counts(file.clues()));
        }
        file.tasks().values().forEach(task -> answer.addTasks(task(task)));
        String conclusion = file.conclusion();
        if (conclusion != null) {
            answer.setConclusion(Conclusion.valueOf(conclusion));
        }
        return answer.build();
    }

    /** How a case stands after a change of it, without what the records said. */
    static CaseChangeResponse changeOf(CaseBook.Held held, boolean sandbox) {
        CaseFile file = held.file();
        var answer = CaseChangeResponse.newBuilder()
                .setCaseId(held.caseId().toString())
                .setVersion(file.version())
                .setState(state(file.state()))
                .setReleaseApproved(file.approval() != null)
                .setSandbox(sandbox);
        file.tasks().values().forEach(task -> answer.addTasks(task(task)));
        String conclusion = file.conclusion();
        if (conclusion != null) {
            answer.setConclusion(Conclusion.valueOf(conclusion));
        }
        return answer.build();
    }

    private static Task task(CaseFile.Task task) {
        var message = Task.newBuilder()
                .setTaskId(task.id())
                .setKind(TaskKind.valueOf(CaseFile.text(task.values(), "kind")))
                .setAssignee(CaseFile.text(task.values(), "assignee"))
                .setDueOn(CaseFile.text(task.values(), "due_on"))
                .setInstruction(CaseFile.text(task.values(), "instruction"));
        task.evidence().forEach(e -> message.addEvidence(Evidence.newBuilder()
                .setTitle(CaseFile.text(e, "title"))
                .setMediaType(CaseFile.text(e, "media_type"))
                .setSha256(CaseFile.text(e, "sha256"))
                .setSm3(CaseFile.text(e, "sm3"))
                .setSigner(CaseFile.text(e, "signer"))
                .setObtainedAt(timestamp(Instant.parse(CaseFile.text(e, "obtained_at"))))));
        String outcome = task.outcome();
        if (outcome != null) {
            message.setOutcome(TaskOutcome.valueOf(outcome));
        }
        return message.build();
    }

    /** Every kind with its number, also those that were not found: silence would say nothing. */
    static List<ClueCount> counts(Map<ClueKind, Integer> counts) {
        return Stream.of(ClueKind.values()).map(kind -> {
            int count = counts.getOrDefault(kind, 0);
            return ClueCount.newBuilder().setKind(kind.name()).setFound(count > 0).setCount(count)
                    .setSentenceZh(kind.zh()).setSentenceEn(kind.en()).build();
        }).toList();
    }

    /** The same of a whole file, which is of no person's records. */
    private static List<FileClueCount> ofFile(Map<ClueKind, Integer> counts) {
        return counts(counts).stream().map(each -> FileClueCount.newBuilder().setKind(each.getKind()).setFound(each.getFound())
                .setCount(each.getCount()).setSentenceZh(each.getSentenceZh()).setSentenceEn(each.getSentenceEn()).build()).toList();
    }

    static Map<ClueKind, Integer> count(List<Clue> clues) {
        Map<ClueKind, Integer> counts = new EnumMap<>(ClueKind.class);
        clues.forEach(clue -> counts.merge(clue.kind(), 1, Integer::sum));
        return counts;
    }

    static OnRecord onRecord(@Nullable Boolean is) {
        return is == null ? OnRecord.NOT_ASKED : is ? OnRecord.ON_RECORD : OnRecord.NOT_ON_RECORD;
    }

    static cn.jingshu.products.claims.v1.CaseState state(CaseState state) {
        return switch (state) {
            case OPEN -> cn.jingshu.products.claims.v1.CaseState.OPEN;
            case SCREENED -> cn.jingshu.products.claims.v1.CaseState.SCREENED;
            case RELEASE_APPROVED -> cn.jingshu.products.claims.v1.CaseState.RELEASE_APPROVED;
            case CLOSED -> cn.jingshu.products.claims.v1.CaseState.CLOSED;
        };
    }

    /** The layout; empty: none the contract knows. */
    static Optional<ClaimLayout> layout(FileLayout layout) {
        return switch (layout) {
            case INPATIENT_CSV -> Optional.of(ClaimLayout.INPATIENT_CSV);
            case CMS_RIF -> Optional.of(ClaimLayout.CMS_RIF);
            case LABELLED_BILLS -> Optional.of(ClaimLayout.LABELLED_BILLS);
            case FILE_LAYOUT_UNSPECIFIED, UNRECOGNIZED -> Optional.empty();
        };
    }

    static ScreenClaimsResponse screened(ClaimFile file, List<Clue> clues) {
        Set<String> people = new HashSet<>();
        file.stays().forEach(s -> people.add(s.person()));
        file.visits().forEach(v -> people.add(v.person()));
        record Same(long amount, double age, String sex, List<String> treatments, List<String> kinds) {}
        Set<Same> bills = new HashSet<>();
        long repeated = file.bills().stream().filter(b -> !bills.add(new Same(b.amount(), b.age(), b.sex(), b.treatments(), b.kinds()))).count();
        long billed = file.bills().stream().mapToLong(ClaimFile.Bill::amount).sum();
        var answer = ScreenClaimsResponse.newBuilder()
                .setClaims(file.claims())
                .setLines(file.lines())
                .setPeople(people.size())
                .setSumHundredths(Math.addExact(file.sumFen(), billed))
                .addAllCounts(ofFile(count(clues)))
                .setCluesLeftOut(Math.max(0, clues.size() - MOST_CLUES))
                .setRejectedLines(file.rejectedLines())
                .setRepeatedBills((int) repeated);
        clues.stream().limit(MOST_CLUES).forEach(clue -> answer.addClues(ClaimClue.newBuilder().setKind(clue.kind().name())
                .addAllClaims(clue.records().stream().limit(50).toList())));
        file.rejected().forEach(r -> answer.addRejected(RejectedLine.newBuilder().setLine(r.line()).setReason(r.reason())));
        return answer.build();
    }

    static RankProvidersResponse ranked(ProviderRanking.Result result, StoredModel model) {
        var answer = RankProvidersResponse.newBuilder()
                .setSuppressed(result.suppressed())
                .setModel(model.id())
                .putAllDrift(result.drift())
                .setNoticeZh(RANKING_NOTICE_ZH)
                .setNoticeEn(RANKING_NOTICE_EN);
        for (ProviderRanking.Ranked ranked : result.ranked()) {
            var provider = RankedProvider.newBuilder().setProvider(ranked.provider()).setPlace(ranked.place()).setScore(ranked.score());
            ranked.reasons().forEach(r -> provider.addReasons(
                    RankingReason.newBuilder().setCode(r.name()).setSentenceZh(r.zh()).setSentenceEn(r.en())));
            answer.addProviders(provider);
        }
        return answer.build();
    }

    static GetRankingModelResponse card(StoredModel model) {
        StoredModel.Provenance from = model.provenance();
        return GetRankingModelResponse.newBuilder()
                .setModel(model.id())
                .setOutcome(model.outcome())
                .setDataSet(from.dataSet())
                .setOrigin(from.origin())
                .setLicence(from.licence())
                .setRows(from.rows())
                .setTrainedOn(from.trainedOn())
                .putAllMetrics(model.metrics())
                .setLimitsZh(LIMITS_ZH)
                .setLimitsEn(LIMITS_EN)
                .build();
    }
}
