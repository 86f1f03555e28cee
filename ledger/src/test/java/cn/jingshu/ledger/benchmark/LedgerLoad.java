package cn.jingshu.ledger.benchmark;

import cn.jingshu.ledger.LedgerSchema;
import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.journal.Balances;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.EntryReason;
import cn.jingshu.ledger.journal.Journal;
import cn.jingshu.ledger.journal.JournalEntry;
import cn.jingshu.ledger.journal.JournalWriter;
import cn.jingshu.ledger.journal.PostResult;
import cn.jingshu.ledger.journal.Posting;
import cn.jingshu.ledger.journal.ReadPoint;
import cn.jingshu.ledger.money.Money;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Books two-line entries between many accounts for some seconds and prints how many a second were committed. Everything the journal does
 * is on: idempotent ids, checks, numbering, the chain, totals. Settings come from the environment; see {@code ledger-load.sh}.
 */
public final class LedgerLoad {
    private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
    private static final int HOT_ACCOUNTS = 3;

    private LedgerLoad() {}

    private record Settings(int seconds, int clients, int batch, boolean hot, int accounts) {}

    public static void main(String[] arguments) throws SQLException, InterruptedException {
        Map<String, String> given = System.getenv();
        Settings settings = new Settings(
                number(given, "SECS", 10, 1, 3_600), number(given, "CLIENTS", 256, 1, 4_096),
                number(given, "BATCH", 1, 1, 10_000), number(given, "HOT", 0, 0, 1) == 1,
                number(given, "ACCOUNTS", 10_000, 10, 1_000_000));
        HikariConfig pool = new HikariConfig();
        pool.setJdbcUrl("jdbc:postgresql://" + given.getOrDefault("PGHOST", "localhost") + ":"
                + given.getOrDefault("PGPORT", "5432") + "/" + given.getOrDefault("PGDATABASE", "postgres"));
        pool.setUsername(given.getOrDefault("PGUSER", "postgres"));
        pool.setPassword(given.getOrDefault("PGPASSWORD", ""));
        pool.setMaximumPoolSize(settings.batch() == 1 ? 2 : Math.clamp(settings.clients(), 2, 32));
        try (HikariDataSource database = new HikariDataSource(pool)) {
            LedgerSchema.migrate(database);
            run(database, settings, createAccounts(database, settings.accounts()));
        }
    }

    private static int number(Map<String, String> given, String name, int usual, int least, int most) {
        int number = Integer.parseInt(given.getOrDefault(name, Integer.toString(usual)));
        if (number < least || number > most) {
            throw new IllegalArgumentException(name + " is " + number + ", allowed: " + least + " to " + most);
        }
        return number;
    }

    /** Sub-accounts of receivables: six digits below the account of the chart. */
    private static List<AccountCode> createAccounts(HikariDataSource database, int count) throws SQLException {
        List<AccountCode> accounts = new ArrayList<>();
        try (Connection connection = database.getConnection();
                PreparedStatement insert = connection.prepareStatement("""
                        INSERT INTO ledger.account (code, name_zh, name_en, kind, normal_side, parent_code, postable)
                        VALUES (?, '压测', 'load', 'ASSET', 'DEBIT', '1122', true) ON CONFLICT DO NOTHING
                        """)) {
            for (int i = 0; i < count; i++) {
                AccountCode code = new AccountCode("1122%06d".formatted(i));
                accounts.add(code);
                insert.setString(1, code.value());
                insert.addBatch();
            }
            insert.executeBatch();
            try (Statement analyse = connection.createStatement()) {
                analyse.execute("ANALYZE ledger.account");
            }
        }
        return accounts;
    }

    private static void run(HikariDataSource database, Settings settings, List<AccountCode> accounts)
            throws SQLException, InterruptedException {
        Journal journal = new Journal(database, Clock.systemUTC());
        LongAdder booked = new LongAdder();
        AtomicReference<@Nullable RuntimeException> broken = new AtomicReference<>();
        List<Long> waits = java.util.Collections.synchronizedList(new ArrayList<>());
        CountDownLatch done = new CountDownLatch(settings.clients());
        long before = booked(database);
        long begun = System.nanoTime();
        long end = begun + settings.seconds() * 1_000_000_000L;
        try (JournalWriter writer = new JournalWriter(journal)) {
            for (int client = 0; client < settings.clients(); client++) {
                SplittableRandom random = new SplittableRandom(client);
                Thread.ofVirtual().start(() -> {
                    try {
                        while (System.nanoTime() < end) {
                            long asked = System.nanoTime();
                            if (settings.batch() == 1) {
                                count(List.of(writer.post(entry(random, accounts, settings.hot())).toCompletableFuture().join()), booked);
                            } else {
                                List<JournalEntry> entries = new ArrayList<>();
                                for (int i = 0; i < settings.batch(); i++) {
                                    entries.add(entry(random, accounts, settings.hot()));
                                }
                                count(journal.postAll(entries), booked);
                            }
                            waits.add(System.nanoTime() - asked);
                        }
                    } catch (RuntimeException failure) {
                        broken.compareAndSet(null, failure); // no figure is printed then
                    } finally {
                        done.countDown();
                    }
                });
            }
            done.await();
            if (broken.get() != null) {
                throw new IllegalStateException("a client was answered with a failure", broken.get());
            }
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        long stored = booked(database) - before;
        if (stored != booked.sum()) {
            throw new IllegalStateException(booked.sum() + " were answered as booked, " + stored + " are");
        }
        new Balances(database).trialBalance(ReadPoint.LATEST); // refuses books that are not balanced
        waits.sort(null);
        System.out.printf("clients %d, batch %d, accounts %d%s: p50 %.1f ms, p99 %.1f ms%n", settings.clients(), settings.batch(),
                settings.accounts(), settings.hot() ? ", one side of three" : "",
                waits.get(waits.size() / 2) / 1e6, waits.get(waits.size() * 99 / 100) / 1e6);
        System.out.printf("transfers/s %.0f%n", stored / seconds);
    }

    private static void count(List<PostResult> results, LongAdder booked) {
        for (PostResult result : results) {
            if (!(result instanceof PostResult.Posted)) {
                throw new IllegalStateException("not booked: " + result);
            }
            booked.increment();
        }
    }

    private static JournalEntry entry(SplittableRandom random, List<AccountCode> accounts, boolean hot) {
        int one = random.nextInt(hot ? HOT_ACCOUNTS : accounts.size());
        int other;
        do {
            other = random.nextInt(accounts.size());
        } while (other == one);
        Money amount = Money.ofFen(1 + random.nextInt(10_000));
        return new JournalEntry(new UUID(random.nextLong(), System.nanoTime()), LocalDate.now(ZONE), EntryReason.CHARGE, "压测",
                List.of(Posting.debit(accounts.get(one), amount, Dimensions.authorisedOperation()),
                        Posting.credit(accounts.get(other), amount, Dimensions.authorisedOperation())));
    }

    private static long booked(HikariDataSource database) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT coalesce(sum(last_number), 0) FROM ledger.period")) {
            row.next();
            return row.getLong(1);
        }
    }
}
