package cn.jingshu.marketplace.management;

import cn.jingshu.ledger.log.ConsistencyProof;
import cn.jingshu.ledger.log.SealedLeaf;
import cn.jingshu.ledger.log.SealedLog;
import cn.jingshu.ledger.log.SignedCheckpoint;
import cn.jingshu.ledger.seal.KeySet;
import cn.jingshu.ledger.seal.LogLeaf;
import cn.jingshu.ledger.seal.NodeHash;
import cn.jingshu.ledger.seal.SignedNote;
import cn.jingshu.marketplace.billing.Charge;
import cn.jingshu.marketplace.billing.Charges;
import cn.jingshu.marketplace.billing.LineEvents;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.seal.ProofFile;
import cn.jingshu.marketplace.seal.StatementLines;
import cn.jingshu.marketplace.visitor.Visitor;
import cn.jingshu.metering.usage.CountedBatch;
import cn.jingshu.metering.usage.ShippedBatch;
import cn.jingshu.metering.usage.ShippedBatches;
import cn.jingshu.metering.usage.StoredEvent;
import cn.jingshu.metering.usage.Usage;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.serde.annotation.Serdeable;
import java.net.URI;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The append-only log for whoever checks it: checkpoints, keys and growth are anybody's; what a leaf is about is shown to who may
 * see that.
 */
@Controller("/api/log")
@ExecuteOn(TaskExecutors.BLOCKING)
final class LogController {
    private static final String NOTE = "text/plain; charset=utf-8";

    private final Rights rights;
    private final SealedLog log;
    private final StatementLines lines;
    private final ShippedBatches batches;
    private final Usage usage;
    private final Charges charges;
    private final LineEvents events;

    LogController(Rights rights, SealedLog log, StatementLines lines, ShippedBatches batches, Usage usage, Charges charges,
            LineEvents events) {
        this.rights = rights;
        this.log = log;
        this.lines = lines;
        this.batches = batches;
        this.usage = usage;
        this.charges = charges;
        this.events = events;
    }

    /**
     * What the log was at one moment.
     *
     * @param root by SHA-256, in base64
     * @param keySet number of the set of keys that signed it
     * @param note the text with its signatures (C2SP signed-note)
     */
    @Serdeable
    record CheckpointView(long number, String origin, long size, String root, String sm3Root, Instant signedAt, long keySet, String note) {}

    /** @param nextCursor for the older ones; null: these were the oldest */
    @Serdeable
    record CheckpointPage(List<CheckpointView> checkpoints, @Nullable Long nextCursor) {}

    /**
     * The keys that sign from one moment on.
     *
     * @param until null: still
     * @param note signed by these keys and by those before them
     */
    @Serdeable
    record KeySetView(long number, Instant from, @Nullable Instant until, List<KeyView> keys, String note) {}

    /** @param vkey as C2SP signed-note tells a key */
    @Serdeable
    record KeyView(String algorithm, String vkey) {}

    @Serdeable
    record KeysView(List<KeySetView> sets) {}

    /** That the log of the later checkpoint begins with that of the earlier; hashes in base64. */
    @Serdeable
    record GrowthView(CheckpointView from, CheckpointView to, List<String> sha256, List<String> sm3) {}

    /** The latest signed checkpoint of the log, as a note. */
    @Get("/checkpoint")
    @Produces(MediaType.TEXT_PLAIN)
    HttpResponse<String> latest() {
        return note(log.findLatest(), "no-cache");
    }

    /** A signed checkpoint by its number. */
    @Get("/checkpoints/{number}")
    @Produces(MediaType.TEXT_PLAIN)
    HttpResponse<String> checkpoint(long number) {
        return note(log.findCheckpoint(number), "public, max-age=86400, immutable");
    }

    private static MutableHttpResponse<String> note(Optional<SignedCheckpoint> checkpoint, String cache) {
        SignedCheckpoint found = Facts.found(checkpoint);
        return HttpResponse.ok(found.note().toString()).contentType(NOTE).header("Cache-Control", cache)
                .header("Jingshu-Checkpoint", Long.toString(found.number()));
    }

    /** Checkpoints, the youngest first. */
    @Get("/checkpoints")
    CheckpointPage checkpoints(@Nullable @QueryValue Long cursor, @QueryValue(defaultValue = "100") int limit) {
        int asked = Facts.limit(limit);
        List<SignedCheckpoint> page = log.listCheckpoints(cursor == null ? Long.MAX_VALUE : cursor, asked);
        return new CheckpointPage(page.stream().map(LogController::toApi).toList(),
                page.size() == asked ? page.getLast().number() : null);
    }

    /** The public keys that sign the log, and how each came in place of the one before. */
    @Get("/keys")
    KeysView keys() {
        List<SignedNote> notes = log.listKeySets();
        List<KeySet> sets = KeySet.history(notes);
        List<KeySetView> views = new ArrayList<>();
        for (int i = 0; i < sets.size(); i++) {
            KeySet set = sets.get(i);
            views.add(new KeySetView(set.number(), set.from(), i + 1 < sets.size() ? sets.get(i + 1).from() : null,
                    set.keys().stream().map(key -> new KeyView(key.kind().name(), key.toVkey())).toList(), notes.get(i).toString()));
        }
        return new KeysView(views);
    }

    /**
     * The proof that the log only grew between two checkpoints.
     *
     * @param from number of the earlier checkpoint
     */
    @Get("/growth")
    GrowthView growth(@QueryValue long from, @QueryValue long to) {
        if (from > to) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, "from 不得晚于 to。", "from must not be later than to.");
        }
        SignedCheckpoint earlier = Facts.found(log.findCheckpoint(from));
        SignedCheckpoint later = Facts.found(log.findCheckpoint(to));
        ConsistencyProof proof = log.proveGrowth(earlier, later);
        return new GrowthView(toApi(earlier), toApi(later), base64(proof.sha256()), base64(proof.sm3()));
    }

    /** The proof that a journal entry is in the log. */
    @Get("/entries/{entryId}")
    ProofFile entry(Visitor visitor, UUID entryId) {
        Rights.requireBooks(visitor);
        return ProofFile.of(log, sealed(log.findEntry(entryId)));
    }

    /** The same proof as a tlog-proof file. */
    @Get("/entries/{entryId}/tlog-proof")
    @Produces(MediaType.TEXT_PLAIN)
    HttpResponse<String> entryFile(Visitor visitor, UUID entryId) {
        return file(entry(visitor, entryId), entryId.toString());
    }

    /**
     * A line of a statement, for who owes it and for readers of the books: the entry it is booked by. A line of 0.00 is not booked; what is
     * proved of it is its usage, to which this leads (303).
     */
    @Get("/charges/{chargeId}")
    HttpResponse<ProofFile> charge(Visitor visitor, UUID chargeId) {
        if (visibleLine(visitor, chargeId).amountFen() == 0) {
            return HttpResponse.seeOther(URI.create("/api/log/charges/" + chargeId + "/batches"));
        }
        return HttpResponse.ok(ProofFile.of(log, sealed(log.findEntry(chargeId))));
    }

    private StatementLines.Line visibleLine(Visitor visitor, UUID chargeId) {
        StatementLines.Line line = Facts.found(lines.find(chargeId));
        rights.organisationOf(visitor, line.organisationId());
        return line;
    }

    /** The proof that a line of a bill is in the log, as a tlog-proof file. */
    @Get("/charges/{chargeId}/tlog-proof")
    @Produces(MediaType.TEXT_PLAIN)
    HttpResponse<String> chargeFile(Visitor visitor, UUID chargeId) {
        if (visibleLine(visitor, chargeId).amountFen() == 0) {
            throw new ManagementProblem(Refusal.NOT_FOUND, "金额为零的明细不记账,可证明的是其用量批次:/api/log/charges/" + chargeId + "/batches。",
                    "a line of 0.00 is not booked; what is proved are its batches of usage: /api/log/charges/" + chargeId + "/batches.");
        }
        return file(ProofFile.of(log, sealed(log.findEntry(chargeId))), chargeId.toString());
    }

    /**
     * A batch of usage that events of a line were shipped in.
     *
     * @param number of the batch among the node's
     * @param events of this line in it
     * @param quantity units of this line in it; below zero: taken back
     * @param proof that the batch is in the log; null: it is not sealed yet
     */
    @Serdeable
    record LineBatch(String nodeId, long number, long events, long quantity, @Nullable ProofFile proof) {}

    /**
     * @param quantity units of the whole line, which those of all its batches add up to, unless events are gone after their time
     * @param nextCursor null: these are the last
     */
    @Serdeable
    record LineBatches(UUID chargeId, long quantity, List<LineBatch> batches, @Nullable String nextCursor) {}

    /** The batches of usage that a line of a statement rests on, each with its proof, for who owes the line and for readers of the books. */
    @Get("/charges/{chargeId}/batches")
    LineBatches batches(Visitor visitor, UUID chargeId, @Nullable @QueryValue String cursor, @QueryValue(defaultValue = "100") int limit) {
        visibleLine(visitor, chargeId);
        Charge line = Facts.found(charges.find(chargeId));
        BatchCursor after = BatchCursor.read(cursor);
        LineEvents.Batches page = events.listBatches(line, after.nodeId(), after.number(), Facts.limit(limit));
        return new LineBatches(chargeId, line.quantity(), page.batches().stream()
                .map(each -> new LineBatch(each.nodeId(), each.number(), each.events(), each.quantity(),
                        log.find(LogLeaf.Kind.USAGE_BATCH, each.nodeId(), each.number()).map(leaf -> ProofFile.of(log, leaf)).orElse(null)))
                .toList(), page.more() ? BatchCursor.of(page.batches().getLast()).toString() : null);
    }

    /** The batch that a page comes behind; an empty node: none. */
    private record BatchCursor(String nodeId, long number) {
        static BatchCursor of(CountedBatch batch) {
            return new BatchCursor(batch.nodeId(), batch.number());
        }

        static BatchCursor read(@Nullable String text) {
            if (text == null) {
                return new BatchCursor("", 0);
            }
            int dot = text.indexOf('.');
            try {
                if (dot > 0) {
                    return new BatchCursor(text.substring(dot + 1), Long.parseLong(text, 0, dot, 10));
                }
            } catch (NumberFormatException noNumber) {
                throw broken();
            }
            throw broken();
        }

        private static ManagementProblem broken() {
            return new ManagementProblem(Refusal.INVALID_REQUEST, "cursor 无效。", "cursor is not one of ours.");
        }

        @Override
        public String toString() {
            return number + "." + nodeId;
        }
    }

    /** The proof that a shipped batch of usage is in the log. */
    @Get("/batches/{nodeId}/{number}")
    ProofFile batch(Visitor visitor, String nodeId, long number) {
        Rights.requireBooks(visitor);
        return ProofFile.of(log, sealed(log.find(LogLeaf.Kind.USAGE_BATCH, nodeId, number)));
    }

    /** The batch that a usage event was shipped in, for who may see the event. */
    @Get("/events/{eventId}")
    ProofFile event(Visitor visitor, UUID eventId) throws SQLException {
        StoredEvent event = Facts.found(usage.findEvent(eventId));
        Optional<Set<UUID>> visible = rights.callsOf(visitor);
        if (visible.isPresent() && !visible.get().contains(event.event().subscriptionId())) {
            throw new ManagementProblem(Refusal.NOT_FOUND);
        }
        ShippedBatch batch = Facts.found(batches.findOf(event.event().nodeId(), event.sequence()));
        return ProofFile.of(log, sealed(log.find(LogLeaf.Kind.USAGE_BATCH, batch.nodeId(), batch.number())));
    }

    private static SealedLeaf sealed(Optional<SealedLeaf> leaf) {
        return leaf.orElseThrow(() -> new ManagementProblem(Refusal.NOT_FOUND, "不存在,或尚未封存:数秒后再试。",
                "there is none, or it is not sealed yet: try again in a few seconds."));
    }

    private static MutableHttpResponse<String> file(ProofFile proof, String name) {
        String file = proof.tlogProof();
        if (file == null) {
            throw new ManagementProblem(Refusal.NOT_FOUND, "下一个检查点尚未签署。", "no checkpoint covers it yet; the next one will.");
        }
        return HttpResponse.ok(file).contentType(NOTE)
                .header("Content-Disposition", "attachment; filename=\"" + name + ".tlog-proof\"");
    }

    private static CheckpointView toApi(SignedCheckpoint signed) {
        var checkpoint = signed.checkpoint();
        return new CheckpointView(signed.number(), checkpoint.origin(), checkpoint.size(), checkpoint.root().toBase64(),
                checkpoint.sm3Root().toBase64(), checkpoint.signedAt(), signed.keySet(), signed.note().toString());
    }

    private static List<String> base64(List<NodeHash> hashes) {
        return hashes.stream().map(NodeHash::toBase64).toList();
    }
}
