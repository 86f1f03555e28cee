package cn.jingshu.marketplace.runtime;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.billing.CostVouchers;
import cn.jingshu.marketplace.billing.CostVouchers.CostVoucher;
import cn.jingshu.marketplace.party.OrganisationKind;
import cn.jingshu.marketplace.party.Organisations;
import cn.jingshu.products.identifier.Uscc;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.YearMonth;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Enters a cost voucher, which the settlement of its month deducts. */
@Command(name = "cost", description = "Enter a cost voucher of a month.", mixinStandardHelpOptions = true)
final class CostCommand implements Callable<Integer> {
    @Mixin
    private WorkspaceOptions workspace = new WorkspaceOptions();

    @Option(names = "--month", required = true, converter = MonthConverter.class, paramLabel = "YYYY-MM",
            description = "The month the cost belongs to.")
    private YearMonth month;

    @Option(names = "--kind", required = true,
            description = "MERCHANT_SERVICE, DIRECT_PAID, DIRECT_FREE or SHARED.")
    private CostVouchers.Kind kind;

    @Option(names = "--yuan", required = true,
            description = "The amount, for instance 1200.50, without the VAT that may be deducted.")
    private String yuan;

    @Option(names = "--input-vat", defaultValue = "0", paramLabel = "YUAN", description = "The VAT on it that may be deducted.")
    private String inputVat;

    @Option(names = "--file", paramLabel = "FILE", description = "The document itself: its SHA-256 is kept with the voucher. Needed from 1 December 2026 on.")
    private @Nullable Path file;

    @Option(names = "--kept-at", paramLabel = "PLACE", description = "Where the document is kept; needed with --file.")
    private @Nullable String keptAt;

    @Option(names = "--document", required = true,
            description = "Number of the original document; the same document, month, kind and merchant is one cost.")
    private String document;

    @Option(names = "--description", required = true, description = "What the cost was for.")
    private String description;

    @Option(names = "--product", description = "Product code, when the cost is of a single product.")
    private @Nullable String product;

    @Option(names = "--merchant", paramLabel = "USCC",
            description = "Unified social credit code of the merchant that is owed a MERCHANT_SERVICE cost.")
    private @Nullable String merchant;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        try (CommandContext context = CommandContext.open(workspace)) {
            UUID merchantId = merchant == null ? null : merchantId(context, merchant);
            UUID id = UUID.nameUUIDFromBytes(("cost " + month + " " + kind + " " + document + " " + merchantId)
                    .getBytes(StandardCharsets.UTF_8));
            CostVoucher voucher;
            try {
                voucher = new CostVoucher(id, month, kind, product, merchantId, Money.ofYuan(yuan), Money.ofYuan(inputVat),
                        document, file == null ? null : digest(file), keptAt, description,
                        System.getProperty("user.name", "unknown"));
            } catch (ArithmeticException | IllegalArgumentException wrong) {
                throw new StartFailure("The cost cannot be entered: " + wrong.getMessage() + ".", wrong);
            }
            Optional<CostVouchers.Refused> refused = context.get(CostVouchers.class).enter(voucher);
            if (refused.isPresent()) {
                throw new StartFailure("The cost is not booked: " + refused.get().fault().en() + " (" + refused.get().detail() + ")");
            }
            spec.commandLine().getOut().printf("Cost of %s yuan entered for %s (voucher %s).%n",
                    voucher.amount().toYuan(), month, id);
            return 0;
        }
    }

    private static String digest(Path file) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (IOException unread) {
            throw new StartFailure("The document " + file + " cannot be read: " + unread.getMessage() + ".", unread);
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    private static UUID merchantId(CommandContext context, String uscc) {
        return Uscc.parse(uscc)
                .flatMap(context.get(Organisations.class)::findByUscc)
                .filter(organisation -> organisation.kinds().contains(OrganisationKind.MERCHANT))
                .map(organisation -> organisation.id())
                .orElseThrow(() -> new StartFailure("No merchant has the unified social credit code " + uscc + "."));
    }
}
