package cn.jingshu.marketplace.portal;

import cn.jingshu.ledger.log.SealedLeaf;
import cn.jingshu.ledger.log.SealedLog;
import cn.jingshu.ledger.log.SignedCheckpoint;
import cn.jingshu.ledger.seal.KeySet;
import cn.jingshu.ledger.seal.LogLeaf;
import cn.jingshu.ledger.seal.SealKey;
import cn.jingshu.marketplace.billing.Charge;
import cn.jingshu.marketplace.billing.Charges;
import cn.jingshu.marketplace.billing.LineEvents;
import cn.jingshu.marketplace.management.Rights;
import cn.jingshu.marketplace.seal.ProofFile;
import cn.jingshu.marketplace.seal.StatementLines;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The append-only log as pages: what anybody may check, and the seal of one line of a statement. */
@Controller
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class LogPages {
    private static final int CHECKPOINTS = 20;
    private static final int BATCHES = 20;

    private final PageFrame frame;
    private final Pages pages;
    private final SealedLog log;
    private final StatementLines lines;
    private final Charges charges;
    private final LineEvents events;
    private final Clock clock;

    LogPages(PageFrame frame, Pages pages, SealedLog log, StatementLines lines, Charges charges, LineEvents events, Clock clock) {
        this.frame = frame;
        this.pages = pages;
        this.log = log;
        this.lines = lines;
        this.charges = charges;
        this.events = events;
        this.clock = clock;
    }

    @Get(Links.LOG)
    HttpResponse<String> log(HttpRequest<?> request) {
        List<KeySet> sets = KeySet.history(log.listKeySets());
        LogView view = new LogView(Reading.known(new LogView.Log(
                sets.isEmpty() ? "" : sets.getLast().origin(), keys(sets),
                log.listCheckpoints(Long.MAX_VALUE, CHECKPOINTS).stream()
                        .map(signed -> new LogView.Checkpoint(signed.number(), signed.checkpoint().size(),
                                signed.checkpoint().signedAt(), signed.checkpoint().root().toBase64()))
                        .toList()), clock.instant()));
        return frame.show(request, page -> pages.log(page, view));
    }

    /** Every key that ever signed, those in force first; a key is in force from the first set that names it to the first that does not. */
    private static List<LogView.Key> keys(List<KeySet> sets) {
        Map<SealKey, Instant> from = new LinkedHashMap<>();
        Map<SealKey, Instant> until = new LinkedHashMap<>();
        for (KeySet set : sets) {
            set.keys().forEach(key -> from.putIfAbsent(key, set.from()));
            from.keySet().stream().filter(key -> !set.keys().contains(key)).forEach(key -> until.putIfAbsent(key, set.from()));
        }
        return from.entrySet().stream()
                .map(key -> new LogView.Key(key.getKey().kind() == SealKey.Kind.SM2 ? "SM2" : "Ed25519", key.getKey().toVkey(),
                        key.getValue(), until.get(key.getKey())))
                .sorted((one, other) -> Boolean.compare(one.until() != null, other.until() != null))
                .toList();
    }

    @Get(Links.LOG + "/lines/{chargeId}")
    HttpResponse<String> line(HttpRequest<?> request, UUID chargeId) {
        var person = frame.personOf(request);
        StatementLines.Line line = lines.find(chargeId)
                .filter(found -> found.organisationId().equals(person.organisationId()) || Rights.mayReadBooks(frame.visitorOf(request)))
                .orElseThrow(PageRefused::noSuchPage);
        LogLineView view = new LogLineView(chargeId, line.month(), Reading.known(sealOf(chargeId, line), clock.instant()));
        return frame.show(request, page -> pages.logLine(page, view));
    }

    private LogLineView.Seal sealOf(UUID chargeId, StatementLines.Line line) {
        Optional<ProofFile> proof = log.findEntry(chargeId).map(leaf -> ProofFile.of(log, leaf));
        if (proof.isEmpty()) {
            return line.amountFen() == 0 ? ofUsage(chargeId)
                    : new LogLineView.Seal(LogLineView.SealState.NOT_SEALED, line.amountFen(), null, null, null, null, null, List.of(), false);
        }
        ProofFile known = proof.get();
        return new LogLineView.Seal(
                known.checkpoint() == null ? LogLineView.SealState.SEALED : LogLineView.SealState.PROVED,
                line.amountFen(), known.leaf(), known.index(), known.sealedAt(), known.checkpoint(), known.provedSince(),
                List.of(), false);
    }

    /** A line of 0.00 is not booked: what is proved of it is the usage it states. */
    private LogLineView.Seal ofUsage(UUID chargeId) {
        Charge line = charges.find(chargeId).orElseThrow(PageRefused::noSuchPage);
        LineEvents.Batches used = events.listBatches(line, "", 0, BATCHES);
        Optional<SignedCheckpoint> last = log.findLatest();
        List<LogLineView.UsedBatch> batches = used.batches().stream().map(each -> {
            Long index = log.find(LogLeaf.Kind.USAGE_BATCH, each.nodeId(), each.number()).map(SealedLeaf::index).orElse(null);
            return new LogLineView.UsedBatch(each.nodeId(), each.number(), each.events(), each.quantity(), index,
                    last.filter(checkpoint -> index != null && checkpoint.covers(index)).map(SignedCheckpoint::number).orElse(null));
        }).toList();
        return new LogLineView.Seal(LogLineView.SealState.NOTHING_OWED, 0, null, null, null, null, null, batches, used.more());
    }
}
