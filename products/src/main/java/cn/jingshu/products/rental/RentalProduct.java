package cn.jingshu.products.rental;

import cn.jingshu.products.address.AddressParser;
import cn.jingshu.products.address.Divisions;
import cn.jingshu.products.domain.DataDomain;
import cn.jingshu.products.domain.DataSession;
import cn.jingshu.products.domain.DomainAnswers;
import cn.jingshu.products.domain.DomainNeeds;
import cn.jingshu.products.domain.Freshness;
import cn.jingshu.products.domain.ProductData;
import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.identifier.RealEstateUnit;
import cn.jingshu.products.identifier.ResidentId;
import cn.jingshu.products.identifier.Uscc;
import cn.jingshu.products.rental.v1.CheckAnomaliesRequest;
import cn.jingshu.products.rental.v1.CheckAnomaliesResponse;
import cn.jingshu.products.rental.v1.DataDate;
import cn.jingshu.products.rental.v1.GetListingRequest;
import cn.jingshu.products.rental.v1.GetListingResponse;
import cn.jingshu.products.rental.v1.ListingItem;
import cn.jingshu.products.rental.v1.ListingResult;
import cn.jingshu.products.rental.v1.NormaliseAddressRequest;
import cn.jingshu.products.rental.v1.NormaliseAddressResponse;
import cn.jingshu.products.rental.v1.Outcome;
import cn.jingshu.products.rental.v1.PublisherMatch;
import cn.jingshu.products.rental.v1.RentalProto;
import cn.jingshu.products.rental.v1.Restriction;
import cn.jingshu.products.rental.v1.Verification;
import cn.jingshu.products.rental.v1.VerifyListingRequest;
import cn.jingshu.products.rental.v1.VerifyListingResponse;
import cn.jingshu.products.rental.v1.VerifyListingsRequest;
import cn.jingshu.products.rental.v1.VerifyListingsResponse;
import cn.jingshu.products.rental.v1.VerifyReceiptRequest;
import cn.jingshu.products.rental.v1.VerifyReceiptResponse;
import cn.jingshu.products.sandbox.SandboxCalls;
import cn.jingshu.products.sandbox.TestSubject;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.DataProduct;
import cn.jingshu.products.spi.Operation;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.Message;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Verification of rental listings (真实房屋租赁), product {@code rental}. */
public final class RentalProduct implements DataProduct {
    private static final ZoneId CITY = ZoneId.of("Asia/Shanghai");

    /** Tokens of the sandbox that always answer the same; live tokens are random. */
    private static final Map<String, TestSubject> TEST_TOKENS =
            Map.of("test-approve", TestSubject.APPROVE, "test-refer", TestSubject.REFER, "test-slow", TestSubject.SLOW, "test-error", TestSubject.ERROR);

    private final ProductData data;
    private final RentalRules rules;
    private final AddressParser parser = new AddressParser(Divisions.china());
    private final ListingVerifier verifier;
    private final ListingAnomalies anomalies = new ListingAnomalies(parser);
    private final Receipts receipts;
    private final List<ResourceTable> tables;

    RentalProduct(DataDomain domain, RentalRules rules) {
        this.rules = rules;
        data = domain.open(needs());
        verifier = new ListingVerifier(rules, parser, data::token);
        receipts = new Receipts(data::token);
        tables = Register.READS.keySet().stream().sorted(Comparator.comparing(ResourceTable::resource)).toList();
    }

    /** What the product reads and keeps. */
    static DomainNeeds needs() {
        return new DomainNeeds("rental", 1, Register.READS, "db/product/rental", new SyntheticHousing(), RentalKept.ALL);
    }

    @Override
    public ServiceDescriptor contract() {
        return RentalProto.getDescriptor().findServiceByName("RentalService");
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                new Operation.Unary<>("VerifyListing", VerifyListingRequest.getDefaultInstance(), this::verify),
                new Operation.Unary<>("VerifyListings", VerifyListingsRequest.getDefaultInstance(), this::verifyAll),
                new Operation.Unary<>("GetListing", GetListingRequest.getDefaultInstance(), this::listing),
                new Operation.Unary<>("VerifyReceipt", VerifyReceiptRequest.getDefaultInstance(), this::receipt),
                new Operation.Unary<>("NormaliseAddress", NormaliseAddressRequest.getDefaultInstance(), this::normalise),
                new Operation.Unary<>("CheckAnomalies", CheckAnomaliesRequest.getDefaultInstance(), this::check));
    }

    private CompletionStage<Answer<VerifyListingResponse>> verify(CallFacts facts, VerifyListingRequest request) {
        Optional<Uscc> platform = Uscc.parse(request.getPlatformUscc());
        if (platform.isEmpty()) {
            return now(noPlatform());
        }
        Reading reading = read(request.getUnitCode(), request.getAddress(), request.getPublisherId(), request.getOwnerId(),
                request.getSkipPublisher());
        return switch (reading) {
            case Wrong(String field, String zh, String en) -> now(Answer.invalid(field, zh, en));
            case Asked(Question question) -> SandboxCalls.of(facts, question.publisher(), () -> DomainAnswers.refusingWithoutSource(
                    data.within(facts, session -> verified(facts, session, question, platform.get().code()))));
        };
    }

    private Answer<VerifyListingResponse> verified(CallFacts facts, DataSession session, Question question, String platform) {
        Register register = new Register(session);
        Finding finding = verifier.verify(register, question, facts.caller(), facts.occurredAt());
        Instant until = finding.withheldUntil();
        if (until != null) {
            return withheld(Duration.between(facts.occurredAt(), until));
        }
        boolean stale = stale(facts);
        VerifyListingResponse told = VerifyListingResponse.newBuilder()
                .setVerification(RentalMessages.toProto(finding, keep(register, finding, platform, facts.occurredAt())))
                .addAllDataDates(dates(facts))
                .setStale(stale)
                .setSynthetic(facts.sandbox())
                .build();
        return new Answer.Found<>(told, 1, finding.outcome() == Finding.Outcome.REAL, stale, null);
    }

    private CompletionStage<Answer<VerifyListingsResponse>> verifyAll(CallFacts facts, VerifyListingsRequest request) {
        Optional<Uscc> platform = Uscc.parse(request.getPlatformUscc());
        if (platform.isEmpty()) {
            return now(noPlatform());
        }
        String forced = request.getItemsList().stream().map(ListingItem::getPublisherId)
                .filter(id -> TestSubject.of(id).filter(s -> s == TestSubject.SLOW || s == TestSubject.ERROR).isPresent())
                .findFirst().orElse("");
        return SandboxCalls.of(facts, forced, () -> DomainAnswers.refusingWithoutSource(
                data.within(facts, session -> allVerified(facts, session, request, platform.get().code()))));
    }

    private Answer<VerifyListingsResponse> allVerified(CallFacts facts, DataSession session, VerifyListingsRequest request, String platform) {
        Register register = new Register(session);
        List<ListingResult> results = new ArrayList<>();
        long decided = 0;
        for (ListingItem item : request.getItemsList()) {
            Verification verification = switch (read(item.getUnitCode(), item.getAddress(), item.getPublisherId(), item.getOwnerId(),
                    item.getSkipPublisher())) {
                case Wrong(_, String zh, String en) -> Verification.newBuilder().setOutcome(Outcome.UNREADABLE).setProblem(zh + " " + en).build();
                case Asked(Question question) -> {
                    Finding finding = verifier.verify(register, question, facts.caller(), facts.occurredAt());
                    decided += finding.outcome() == Finding.Outcome.WITHHELD ? 0 : 1;
                    yield RentalMessages.toProto(finding, keep(register, finding, platform, facts.occurredAt()));
                }
            };
            results.add(ListingResult.newBuilder().setListingId(item.getListingId()).setVerification(verification).build());
        }
        boolean stale = stale(facts);
        VerifyListingsResponse told = VerifyListingsResponse.newBuilder()
                .addAllResults(results)
                .setReceipt(receipts.issue(platform, results, facts.occurredAt(), facts.sandbox()))
                .addAllDataDates(dates(facts))
                .setStale(stale)
                .setSynthetic(facts.sandbox())
                .build();
        return new Answer.Found<>(told, decided, decided > 0, stale, null);
    }

    /** Gives a real listing whose publisher matches a token, and keeps it; empty for any other. */
    private String keep(Register register, Finding finding, String platform, Instant at) {
        String unit = finding.unitCode();
        if (finding.outcome() != Finding.Outcome.REAL || finding.match() != Finding.Match.YES || unit == null) {
            return "";
        }
        String token = UUID.randomUUID().toString();
        register.keepListing(token, unit, data.token(platform), at, at.plus(rules.tokenValidity()));
        return token;
    }

    private CompletionStage<Answer<GetListingResponse>> listing(CallFacts facts, GetListingRequest request) {
        TestSubject test = facts.sandbox() ? TEST_TOKENS.get(request.getListingToken()) : null;
        String forced = test == null ? "" : test.person().number();
        return SandboxCalls.of(facts, forced, () -> DomainAnswers.refusingWithoutSource(data.within(facts, session -> {
            Register register = new Register(session);
            Instant at = facts.occurredAt();
            Optional<Register.VerifiedListing> kept = test == null ? register.findListing(request.getListingToken(), at)
                    : Optional.of(new Register.VerifiedListing(SyntheticHousing.unitOf(test, false), at, at.plus(rules.tokenValidity())));
            return kept.map(listing -> shown(facts, register, listing)).orElseGet(
                    () -> Answer.notFound("没有此核验码,或已过有效期。", "There is no such token, or it has ended."));
        })));
    }

    private Answer<GetListingResponse> shown(CallFacts facts, Register register, Register.VerifiedListing listing) {
        boolean real = register.hasHouse(listing.unitCode());
        boolean restricted = register.restricted(listing.unitCode(), LocalDate.ofInstant(facts.occurredAt(), CITY));
        boolean stale = stale(facts);
        GetListingResponse told = GetListingResponse.newBuilder()
                .setOutcome(real ? Outcome.REAL : Outcome.NOT_FOUND)
                .setPublisherMatches(PublisherMatch.YES)
                .setRestriction(!real ? Restriction.UNDISCLOSED : restricted ? Restriction.RESTRICTED : Restriction.UNRESTRICTED)
                .setVerifiedAt(listing.verifiedAt().toString())
                .setValidUntil(listing.validUntil().toString())
                .setStale(stale)
                .setSynthetic(facts.sandbox())
                .build();
        return new Answer.Found<>(told, 1, real, stale, null);
    }

    private CompletionStage<Answer<VerifyReceiptResponse>> receipt(CallFacts facts, VerifyReceiptRequest request) {
        boolean genuine = receipts.genuine(request.getReceipt());
        boolean checked = request.getResultsCount() > 0;
        boolean agree = checked && Receipts.digest(request.getResultsList()).equals(request.getReceipt().getDigest());
        return now(Answer.of(VerifyReceiptResponse.newBuilder()
                .setGenuine(genuine).setResultsChecked(checked).setResultsAgree(agree).build()));
    }

    private CompletionStage<Answer<NormaliseAddressResponse>> normalise(CallFacts facts, NormaliseAddressRequest request) {
        String hint = request.getHint().isEmpty() ? rules.city() : request.getHint();
        return now(Answer.of(RentalMessages.toProto(parser.parse(request.getAddress(), hint))));
    }

    private CompletionStage<Answer<CheckAnomaliesResponse>> check(CallFacts facts, CheckAnomaliesRequest request) {
        List<ListingAnomalies.Offer> offers = request.getListingsList().stream().map(RentalMessages::fromProto).toList();
        Map<String, Integer> ids = new HashMap<>();
        for (ListingAnomalies.Offer offer : offers) {
            if (ids.merge(offer.listingId(), 1, Integer::sum) > 1) {
                return now(Answer.invalid("listings", "房源编号重复。", "Two listings have one id."));
            }
        }
        // Thousands of addresses are read: not on the event loop.
        return CompletableFuture.supplyAsync(() -> Answer.of(RentalMessages.toProto(anomalies.check(offers)), offers.size()));
    }

    /** A listing as it was read. */
    private sealed interface Reading {}

    private record Asked(Question question) implements Reading {}

    private record Wrong(String field, String zh, String en) implements Reading {}

    private Reading read(String unitCode, String address, String publisher, String owner, boolean skip) {
        if (unitCode.isBlank() == address.isBlank()) {
            return new Wrong("address", "须填写不动产单元代码或地址之一。", "Give either the unit's code or the address.");
        }
        Optional<String> who = identifier(publisher);
        if (who.isEmpty()) {
            return new Wrong("publisherId", "不是有效的公民身份号码或统一社会信用代码。", "Neither an identity number nor a unified social credit code.");
        }
        Optional<String> holder = owner.isBlank() ? who : identifier(owner);
        if (holder.isEmpty()) {
            return new Wrong("ownerId", "不是有效的公民身份号码或统一社会信用代码。", "Neither an identity number nor a unified social credit code.");
        }
        if (address.isBlank()) {
            Optional<RealEstateUnit> unit = RealEstateUnit.parse(unitCode);
            return unit.isEmpty() ? new Wrong("unitCode", "不是有效的不动产单元代码。", "Not a valid code of a real-estate unit.")
                    : new Asked(new Question(unit.get(), null, unit.get().code(), who.get(), holder.get(), !skip));
        }
        var read = parser.parse(address, rules.city());
        return new Asked(new Question(null, read, read.standardText(), who.get(), holder.get(), !skip));
    }

    private static Optional<String> identifier(String typed) {
        return ResidentId.parse(typed).map(ResidentId::number).or(() -> Uscc.parse(typed).map(Uscc::code));
    }

    private boolean stale(CallFacts facts) {
        return tables.stream().map(t -> data.freshness(facts, t.name())).anyMatch(f -> f.stale() || f.degraded());
    }

    private List<DataDate> dates(CallFacts facts) {
        List<DataDate> dates = new ArrayList<>();
        for (ResourceTable table : tables) {
            Freshness freshness = data.freshness(facts, table.name());
            dates.add(RentalMessages.toProto(table.resource(), freshness));
        }
        return dates;
    }

    private static <A extends Message> Answer<A> noPlatform() {
        return Answer.invalid("platformUscc", "不是有效的统一社会信用代码。", "Not a valid unified social credit code.");
    }

    private static <A extends Message> Answer<A> withheld(Duration retryAfter) {
        return Answer.limitReached("该发布人或贵方近期未通过核验的房源过多,暂停核验,未作查询。",
                "Too many listings of this publisher, or of yours, failed of late; nothing was looked up.", retryAfter);
    }

    private static <A extends Message> CompletionStage<Answer<A>> now(Answer<A> answer) {
        return CompletableFuture.completedFuture(answer);
    }
}
