package cn.jingshu.products.rental;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.address.AddressParser;
import cn.jingshu.products.address.Divisions;
import cn.jingshu.products.address.UnitKey;
import cn.jingshu.products.domain.TestDomain;
import cn.jingshu.products.records.HousingTables;
import cn.jingshu.products.identifier.ResidentId;
import cn.jingshu.products.rental.v1.AddressPart;
import cn.jingshu.products.rental.v1.AnomalyKind;
import cn.jingshu.products.rental.v1.CheckAnomaliesRequest;
import cn.jingshu.products.rental.v1.CheckAnomaliesResponse;
import cn.jingshu.products.rental.v1.GetListingRequest;
import cn.jingshu.products.rental.v1.GetListingResponse;
import cn.jingshu.products.rental.v1.ListingItem;
import cn.jingshu.products.rental.v1.ListingResult;
import cn.jingshu.products.rental.v1.NormaliseAddressRequest;
import cn.jingshu.products.rental.v1.NormaliseAddressResponse;
import cn.jingshu.products.rental.v1.OfferedListing;
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
import cn.jingshu.products.sandbox.TestSubject;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.CallerRef;
import cn.jingshu.products.spi.Operation;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every operation over a real PostgreSQL, in live use and in the sandbox. */
class RentalProductIT {
    private static final Instant NOW = Instant.parse("2026-11-30T08:00:00Z");
    private static final CallFacts LIVE = new CallFacts(NOW, "r-live", false, CallerRef.MARKET);
    private static final CallFacts SANDBOX = new CallFacts(NOW, "r-sandbox", true, CallerRef.MARKET);
    private static final String PLATFORM = TestSubject.APPROVE.enterprise().code();
    private static final String OTHER_PLATFORM = TestSubject.NOT_FOUND.enterprise().code();
    private static final AddressParser PARSER = new AddressParser(Divisions.china());
    private static TestDomain domain;
    private static RentalProduct product;

    @BeforeAll
    static void open() {
        domain = TestDomain.start(Clock.fixed(NOW, ZoneOffset.UTC));
        product = new RentalProduct(domain, RentalRules.OF_2026);
        domain.loadLive(RentalProduct.needs(), 11);
    }

    @AfterAll
    static void close() {
        domain.close();
    }

    @SuppressWarnings("unchecked")
    private static <Q extends Message, A extends Message> CompletableFuture<Answer<A>> ask(CallFacts facts, String method, Q request) {
        for (Operation operation : product.operations()) {
            if (operation instanceof Operation.Unary<?, ?> unary && unary.method().equals(method)) {
                return ((Operation.Unary<Q, A>) unary).handler().answer(facts, request).toCompletableFuture();
            }
        }
        throw new AssertionError("no operation " + method);
    }

    private static <A extends Message> A found(Answer<A> answer) {
        assertThat(answer).isInstanceOf(Answer.Found.class);
        return ((Answer.Found<A>) answer).message();
    }

    private static VerifyListingRequest.Builder asking(String address, String publisher) {
        return VerifyListingRequest.newBuilder().setAddress(address).setPublisherId(publisher).setPlatformUscc(PLATFORM);
    }

    private static Verification verify(CallFacts facts, VerifyListingRequest.Builder request) {
        Answer<VerifyListingResponse> answer = RentalProductIT.<VerifyListingRequest, VerifyListingResponse>ask(facts, "VerifyListing", request.build()).join();
        return found(answer).getVerification();
    }

    private static String person(TestSubject subject) {
        return subject.person().number();
    }

    private static String address(TestSubject subject) {
        return SyntheticHousing.addressOf(subject, false);
    }

    @Test
    void everyTestSubjectEndsAsDocumented() {
        Verification approve = verify(SANDBOX, asking(address(TestSubject.APPROVE), person(TestSubject.APPROVE)));
        assertThat(approve.getOutcome()).isEqualTo(Outcome.REAL);
        assertThat(approve.getPublisherMatches()).isEqualTo(PublisherMatch.YES);
        assertThat(approve.getRestriction()).isEqualTo(Restriction.UNRESTRICTED);
        assertThat(approve.getConfidence()).isEqualTo(1.0);
        assertThat(approve.getListingToken()).isNotEmpty();

        Verification refer = verify(SANDBOX, asking(address(TestSubject.REFER), person(TestSubject.REFER)));
        assertThat(refer.getOutcome()).isEqualTo(Outcome.REAL);
        assertThat(refer.getRestriction()).isEqualTo(Restriction.RESTRICTED);

        Verification none = verify(SANDBOX, asking(address(TestSubject.NOT_FOUND), person(TestSubject.NOT_FOUND)));
        assertThat(none.getOutcome()).isEqualTo(Outcome.NOT_FOUND);
        assertThat(none.getPublisherMatches()).isEqualTo(PublisherMatch.NO);

        long from = System.nanoTime();
        assertThat(verify(SANDBOX, asking(address(TestSubject.SLOW), person(TestSubject.SLOW))).getOutcome()).isEqualTo(Outcome.REAL);
        assertThat(Duration.ofNanos(System.nanoTime() - from)).isGreaterThanOrEqualTo(Duration.ofMillis(TestSubject.SLOW_MILLIS));

        Answer<VerifyListingResponse> error = RentalProductIT.<VerifyListingRequest, VerifyListingResponse>ask(SANDBOX, "VerifyListing",
                asking(address(TestSubject.APPROVE), person(TestSubject.ERROR)).build()).join();
        assertThat(error).isInstanceOfSatisfying(Answer.Refused.class, r -> assertThat(r.fault()).isEqualTo(Answer.Fault.SOURCE_UNAVAILABLE));
    }

    @Test
    void enterprisesEndAsDocumentedToo() {
        Verification approve = verify(SANDBOX, asking(SyntheticHousing.addressOf(TestSubject.APPROVE, true), TestSubject.APPROVE.enterprise().code()));
        assertThat(approve.getPublisherMatches()).isEqualTo(PublisherMatch.YES);
        assertThat(approve.getRestriction()).isEqualTo(Restriction.UNRESTRICTED);
        Verification refer = verify(SANDBOX, asking(SyntheticHousing.addressOf(TestSubject.REFER, true), TestSubject.REFER.enterprise().code()));
        assertThat(refer.getRestriction()).as("mortgaged with a registered limit").isEqualTo(Restriction.RESTRICTED);
    }

    @Test
    void theUnitIsFoundHoweverItIsWritten() {
        for (String spelling : List.of("荆门东宝象山大道１号示范花园一号楼一单元101", "东宝区龙泉街道示范花园1-1-101", "湖北省荆门市东宝区象山大道1号1幢1单元101户",
                "示范花园1栋1-101室")) {
            Verification told = verify(LIVE, asking(spelling, person(TestSubject.APPROVE)));
            assertThat(told.getOutcome()).as(spelling).isEqualTo(Outcome.REAL);
            assertThat(told.getPublisherMatches()).as(spelling).isEqualTo(PublisherMatch.YES);
            assertThat(told.getConfidence()).isBetween(0.7, 1.0);
        }
        Verification byCode = verify(LIVE, VerifyListingRequest.newBuilder().setUnitCode(SyntheticHousing.unitOf(TestSubject.APPROVE, false))
                .setPublisherId(person(TestSubject.APPROVE)).setPlatformUscc(PLATFORM));
        assertThat(byCode.getOutcome()).isEqualTo(Outcome.REAL);
        assertThat(byCode.getComparedList()).containsExactly(AddressPart.UNIT_CODE);
    }

    @Test
    void anotherNumberOrRoomIsNotTheUnit() {
        for (String spelling : List.of("东宝区象山大道2号示范花园1-1-101", "东宝区象山大道1号示范花园1-2-101", "东宝区象山大道1号示范花园1-1-109",
                "掇刀区象山大道1号示范花园1-1-101", "北京市朝阳区象山大道1号示范花园1-1-101")) {
            Verification told = verify(LIVE, asking(spelling, person(TestSubject.APPROVE)).setPlatformUscc(OTHER_PLATFORM));
            assertThat(told.getOutcome()).as(spelling).isEqualTo(Outcome.NOT_FOUND);
        }
    }

    @Test
    void anAddressThatMayMeanSeveralSaysWhatIsMissing() {
        assertThat(verify(SANDBOX, asking("东宝区象山大道1号示范花园", person(TestSubject.APPROVE))).getMissingList()).contains(AddressPart.ROOM);
        Verification noEntrance = verify(SANDBOX, asking("东宝区象山大道1号示范花园1号楼101", person(TestSubject.APPROVE)));
        assertThat(noEntrance.getOutcome()).isEqualTo(Outcome.AMBIGUOUS);
        assertThat(noEntrance.getMissingList()).containsExactly(AddressPart.ENTRANCE);
        assertThat(verify(SANDBOX, asking("1-1-101", person(TestSubject.APPROVE))).getMissingList()).contains(AddressPart.ESTATE);
    }

    @Test
    void notFoundAndNotMatchingHaveOneShape() {
        Verification stranger = verify(SANDBOX, asking(address(TestSubject.APPROVE), person(TestSubject.NOT_FOUND)));
        Verification nowhere = verify(SANDBOX, asking("东宝区象山大道1号示范花园8号楼1单元101室", person(TestSubject.NOT_FOUND)));
        for (Verification told : List.of(stranger, nowhere)) {
            assertThat(told.getPublisherMatches()).isEqualTo(PublisherMatch.NO);
            assertThat(told.getRestriction()).isEqualTo(Restriction.UNDISCLOSED);
            assertThat(told.getListingToken()).isEmpty();
        }
        Verification seizedToAStranger = verify(SANDBOX, asking(address(TestSubject.REFER), person(TestSubject.NOT_FOUND)));
        assertThat(seizedToAStranger.getRestriction()).as("a burden is told to nobody but the holder").isEqualTo(Restriction.UNDISCLOSED);
    }

    @Test
    void anAgentPublishesForTheOwnerAndAComparisonCanBeLeftOut() {
        Verification agent = verify(SANDBOX, asking(address(TestSubject.APPROVE), TestSubject.NOT_FOUND.enterprise().code())
                .setOwnerId(person(TestSubject.APPROVE)));
        assertThat(agent.getPublisherMatches()).isEqualTo(PublisherMatch.YES);
        Verification uncompared = verify(SANDBOX, asking(address(TestSubject.APPROVE), person(TestSubject.REFER)).setSkipPublisher(true));
        assertThat(uncompared.getPublisherMatches()).isEqualTo(PublisherMatch.NOT_ASKED);
        assertThat(uncompared.getOutcome()).isEqualTo(Outcome.REAL);
        assertThat(uncompared.getRestriction()).isEqualTo(Restriction.UNDISCLOSED);
    }

    @Test
    void aTenantAsksByTheTokenAndSeesABurdenThatCameLater() {
        String unit = "420802001001GB09999F00010001";
        live(unit, "荆门市东宝区龙泉街道象山大道77号后来小区1号楼1单元101室", person(TestSubject.APPROVE));
        String token = verify(LIVE, VerifyListingRequest.newBuilder().setUnitCode(unit).setPublisherId(person(TestSubject.APPROVE))
                .setPlatformUscc(PLATFORM)).getListingToken();
        assertThat(listing(LIVE, token).getRestriction()).isEqualTo(Restriction.UNRESTRICTED);
        domain.addLive(HousingTables.SEIZURE, row("seizure_id", "CF-later", "unit_code", unit, "from_day", "2026-11-29", "until_day", null));
        assertThat(listing(LIVE, token).getRestriction()).isEqualTo(Restriction.RESTRICTED);
        CallFacts later = new CallFacts(NOW.plus(Duration.ofDays(31)), "r-later", false, CallerRef.MARKET);
        Answer<GetListingResponse> ended = RentalProductIT.<GetListingRequest, GetListingResponse>ask(later, "GetListing",
                GetListingRequest.newBuilder().setListingToken(token).build()).join();
        assertThat(ended).isInstanceOfSatisfying(Answer.Refused.class, r -> assertThat(r.fault()).isEqualTo(Answer.Fault.NOT_FOUND));
    }

    @Test
    void theSandboxHasTokensOfItsOwn() {
        assertThat(listing(SANDBOX, "test-approve").getRestriction()).isEqualTo(Restriction.UNRESTRICTED);
        assertThat(listing(SANDBOX, "test-refer").getRestriction()).isEqualTo(Restriction.RESTRICTED);
        Answer<GetListingResponse> live = RentalProductIT.<GetListingRequest, GetListingResponse>ask(LIVE, "GetListing",
                GetListingRequest.newBuilder().setListingToken("test-approve").build()).join();
        assertThat(live).as("a test token means nothing in live use").isInstanceOf(Answer.Refused.class);
    }

    private static GetListingResponse listing(CallFacts facts, String token) {
        Answer<GetListingResponse> answer = RentalProductIT.<GetListingRequest, GetListingResponse>ask(facts, "GetListing",
                GetListingRequest.newBuilder().setListingToken(token).build()).join();
        return found(answer);
    }

    @Test
    void aBatchAnswersEachItemAndItsReceiptHoldsOnlyForItsResults() {
        VerifyListingsRequest request = VerifyListingsRequest.newBuilder().setPlatformUscc(PLATFORM)
                .addItems(ListingItem.newBuilder().setListingId("a").setAddress(address(TestSubject.APPROVE)).setPublisherId(person(TestSubject.APPROVE)))
                .addItems(ListingItem.newBuilder().setListingId("b").setAddress(address(TestSubject.REFER)).setPublisherId(person(TestSubject.REFER)))
                .addItems(ListingItem.newBuilder().setListingId("c").setUnitCode("no code").setPublisherId(person(TestSubject.APPROVE)))
                .build();
        Answer<VerifyListingsResponse> answer = RentalProductIT.<VerifyListingsRequest, VerifyListingsResponse>ask(SANDBOX, "VerifyListings", request).join();
        assertThat(((Answer.Found<VerifyListingsResponse>) answer).rows()).as("an item that cannot be read costs nothing").isEqualTo(2);
        VerifyListingsResponse told = found(answer);
        assertThat(told.getResultsList()).extracting(r -> r.getVerification().getOutcome())
                .containsExactly(Outcome.REAL, Outcome.REAL, Outcome.UNREADABLE);
        assertThat(told.getReceipt().getReal()).isEqualTo(2);
        assertThat(told.getReceipt().getSandbox()).isTrue();
        assertThat(checked(told, told.getResultsList())).isEqualTo(VerifyReceiptResponse.newBuilder()
                .setGenuine(true).setResultsChecked(true).setResultsAgree(true).build());
        ListingResult forged = told.getResults(1).toBuilder().setVerification(
                told.getResults(1).getVerification().toBuilder().setRestriction(Restriction.UNRESTRICTED)).build();
        assertThat(checked(told, List.of(told.getResults(0), forged, told.getResults(2))).getResultsAgree()).isFalse();
        VerifyListingsResponse live = told.toBuilder().setReceipt(told.getReceipt().toBuilder().setSandbox(false)).build();
        assertThat(checked(live, List.of()).getGenuine()).as("a receipt of the sandbox cannot be made a real one").isFalse();
        assertThat(checked(told.toBuilder().setReceipt(told.getReceipt().toBuilder().setReal(3)).build(), List.of()).getGenuine()).isFalse();
    }

    private static VerifyReceiptResponse checked(VerifyListingsResponse told, List<ListingResult> results) {
        Answer<VerifyReceiptResponse> answer = RentalProductIT.<VerifyReceiptRequest, VerifyReceiptResponse>ask(LIVE, "VerifyReceipt",
                VerifyReceiptRequest.newBuilder().setReceipt(told.getReceipt()).addAllResults(results).build()).join();
        return found(answer);
    }

    @Test
    void whoGuessesIsStopped() {
        String guesser = "11010519491231002X";
        String platform = TestSubject.SLOW.enterprise().code();
        int most = RentalRules.OF_2026.failuresOfPublisher();
        for (int i = 0; i < most; i++) {
            if (i > 0) { // a question that failed before counts once
                verify(LIVE, asking("东宝区象山大道1号示范花园7号楼1单元1101室", guesser).setPlatformUscc(platform));
            }
            assertThat(verify(LIVE, asking("东宝区象山大道1号示范花园7号楼1单元" + (1_101 + i) + "室", guesser).setPlatformUscc(platform)).getOutcome())
                    .isEqualTo(Outcome.NOT_FOUND);
        }
        Answer<VerifyListingResponse> stopped = RentalProductIT.<VerifyListingRequest, VerifyListingResponse>ask(LIVE, "VerifyListing",
                asking(address(TestSubject.APPROVE), guesser).setPlatformUscc(platform).build()).join();
        assertThat(stopped).isInstanceOfSatisfying(Answer.Refused.class, refused -> {
            assertThat(refused.fault()).isEqualTo(Answer.Fault.LIMIT_REACHED);
            assertThat(refused.retryAfter()).as("the first failure leaves the window").isEqualTo(Duration.ofHours(24));
        });
        Answer<VerifyListingsResponse> batch = RentalProductIT.<VerifyListingsRequest, VerifyListingsResponse>ask(LIVE, "VerifyListings",
                VerifyListingsRequest.newBuilder().setPlatformUscc(platform).addItems(ListingItem.newBuilder().setListingId("x")
                        .setAddress(address(TestSubject.APPROVE)).setPublisherId(guesser)).build()).join();
        assertThat(found(batch).getResults(0).getVerification().getOutcome()).isEqualTo(Outcome.WITHHELD);
        CallFacts nextDay = new CallFacts(NOW.plus(Duration.ofHours(25)), "r-next", false, CallerRef.MARKET);
        assertThat(verify(nextDay, asking(address(TestSubject.APPROVE), guesser).setPlatformUscc(platform)).getOutcome()).isEqualTo(Outcome.REAL);
    }

    private static Answer<VerifyListingResponse> guess(RentalProduct of, CallFacts facts, int room) {
        Operation.Unary<VerifyListingRequest, VerifyListingResponse> verify = unary(of, "VerifyListing");
        // Each about another publisher and in the name of another platform: only who calls is the same.
        String publisher = ResidentId.complete("420802", LocalDate.of(1970, 1, 1).plusDays(room), 21).number();
        String platform = (room % 2 == 0 ? TestSubject.APPROVE : TestSubject.REFER).enterprise().code();
        return verify.handler().answer(facts, asking("东宝区象山大道1号示范花园7号楼1单元" + room + "室", publisher).setPlatformUscc(platform).build())
                .toCompletableFuture().join();
    }

    @SuppressWarnings("unchecked")
    private static <Q extends Message, A extends Message> Operation.Unary<Q, A> unary(RentalProduct of, String method) {
        return (Operation.Unary<Q, A>) of.operations().stream().filter(o -> o.method().equals(method)).findFirst().orElseThrow();
    }

    @Test
    void whoWalksTheRegisterIsStoppedWhateverPlatformItNames() {
        RentalProduct strict = new RentalProduct(domain, new RentalRules("420800", Duration.ofDays(30), Duration.ofHours(24), 20, 5));
        CallerRef walker = new CallerRef(UUID.fromString("00000000-0000-4000-8000-00000000000a"));
        CallFacts first = new CallFacts(NOW, "r-first", false, walker);
        for (int i = 0; i < 5; i++) {
            CallFacts application = i % 2 == 0 ? first : new CallFacts(NOW.plus(Duration.ofHours(i)), "r-second", false, walker);
            assertThat(guess(strict, application, 2_001 + i)).as("question %d", i).isInstanceOf(Answer.Found.class);
        }
        CallFacts later = new CallFacts(NOW.plus(Duration.ofHours(6)), "r-later", false, walker);
        assertThat(guess(strict, later, 2_101)).isInstanceOfSatisfying(Answer.Refused.class, refused -> {
            assertThat(refused.fault()).isEqualTo(Answer.Fault.LIMIT_REACHED);
            assertThat(refused.retryAfter()).as("until the first of the five is forgotten").isEqualTo(Duration.ofHours(18));
        });
        CallFacts other = new CallFacts(NOW.plus(Duration.ofHours(6)), "r-other", false,
                new CallerRef(UUID.fromString("00000000-0000-4000-8000-00000000000b")));
        assertThat(guess(strict, other, 2_101)).as("another organisation has its own count").isInstanceOf(Answer.Found.class);
        CallFacts after = new CallFacts(NOW.plus(Duration.ofHours(24)), "r-after", false, walker);
        assertThat(guess(strict, after, 2_102)).as("after the time that was told").isInstanceOf(Answer.Found.class);
    }

    @Test
    void whenOthersAskedAboutAPublisherIsNotTold() {
        RentalProduct strict = new RentalProduct(domain, new RentalRules("420800", Duration.ofDays(30), Duration.ofHours(24), 2, 100));
        CallFacts one = new CallFacts(NOW, "r-one", false, new CallerRef(UUID.fromString("00000000-0000-4000-8000-00000000000c")));
        CallFacts another = new CallFacts(NOW.plus(Duration.ofHours(6)), "r-another", false,
                new CallerRef(UUID.fromString("00000000-0000-4000-8000-00000000000d")));
        Operation.Unary<VerifyListingRequest, VerifyListingResponse> verify = unary(strict, "VerifyListing");
        String publisher = ResidentId.complete("420802", LocalDate.of(1961, 2, 3), 23).number();
        String platform = TestSubject.APPROVE.enterprise().code();
        for (int room : List.of(3_001, 3_002)) {
            assertThat(verify.handler().answer(one, asking("东宝区象山大道1号示范花园7号楼1单元" + room + "室", publisher).setPlatformUscc(platform).build())
                    .toCompletableFuture().join()).isInstanceOf(Answer.Found.class);
        }
        assertThat(verify.handler().answer(another, asking("东宝区象山大道1号示范花园7号楼1单元3003室", publisher).setPlatformUscc(platform).build())
                .toCompletableFuture().join()).isInstanceOfSatisfying(Answer.Refused.class, refused -> {
            assertThat(refused.fault()).isEqualTo(Answer.Fault.LIMIT_REACHED);
            assertThat(refused.retryAfter()).as("the whole window, not what is left since the other asked").isEqualTo(Duration.ofHours(24));
        });
    }

    @Test
    void twoDwellingsUnderOneAddressAreNotGuessed() {
        String address = "荆门市掇刀区白庙街道虎牙关大道9号双生小区1号楼1单元101室";
        live("420804001001GB09998F00010001", address, person(TestSubject.REFER));
        live("420804001001GB09998F00010002", address, person(TestSubject.REFER));
        Verification told = verify(LIVE, asking(address, person(TestSubject.REFER)));
        assertThat(told.getOutcome()).isEqualTo(Outcome.AMBIGUOUS);
        assertThat(told.getMissingList()).containsExactly(AddressPart.UNIT_CODE);
    }

    @Test
    void aHouseOfAVillageIsFoundByItsNumberAlone() {
        live("420822001001JC09997F00010001", "荆门市沙洋县后港镇东艾家庄村205号", person(TestSubject.REFER));
        assertThat(verify(LIVE, asking("沙洋后港镇东艾家庄村２０５号", person(TestSubject.REFER))).getOutcome()).isEqualTo(Outcome.REAL);
        assertThat(verify(LIVE, asking("沙洋县后港镇东艾家庄村206号", person(TestSubject.REFER))).getOutcome()).isEqualTo(Outcome.NOT_FOUND);
    }

    /** The whole batch a platform may send, timed and told; each dwelling is one of the made-up register's. */
    @Test
    void fiveHundredListingsAreAnswered() {
        VerifyListingsRequest.Builder request = VerifyListingsRequest.newBuilder().setPlatformUscc(PLATFORM);
        for (int i = 0; i < 500; i++) {
            boolean approve = i % 2 == 0;
            request.addItems(ListingItem.newBuilder().setListingId("n" + i)
                    .setAddress(address(approve ? TestSubject.APPROVE : TestSubject.REFER))
                    .setPublisherId(person(approve ? TestSubject.APPROVE : TestSubject.REFER)));
        }
        long from = System.nanoTime();
        Answer<VerifyListingsResponse> answer = RentalProductIT.<VerifyListingsRequest, VerifyListingsResponse>ask(SANDBOX, "VerifyListings", request.build()).join();
        System.out.printf("a batch of 500 took %d ms%n", Duration.ofNanos(System.nanoTime() - from).toMillis());
        assertThat(((Answer.Found<VerifyListingsResponse>) answer).rows()).isEqualTo(500);
        assertThat(found(answer).getReceipt().getReal()).isEqualTo(500);
        assertThat(found(answer).getResultsList()).extracting(r -> r.getVerification().getListingToken()).doesNotHaveDuplicates();
    }

    @Test
    void wrongIdentifiersAndBothOrNeitherWayOfAskingAreRefused() {
        for (VerifyListingRequest.Builder wrong : List.of(
                asking(address(TestSubject.APPROVE), "123"), asking("", person(TestSubject.APPROVE)),
                asking(address(TestSubject.APPROVE), person(TestSubject.APPROVE)).setUnitCode(SyntheticHousing.unitOf(TestSubject.APPROVE, false)),
                asking(address(TestSubject.APPROVE), person(TestSubject.APPROVE)).setPlatformUscc("x"),
                asking(address(TestSubject.APPROVE), person(TestSubject.APPROVE)).setOwnerId("x"))) {
            Answer<VerifyListingResponse> answer = RentalProductIT.<VerifyListingRequest, VerifyListingResponse>ask(LIVE, "VerifyListing", wrong.build()).join();
            assertThat(answer).isInstanceOfSatisfying(Answer.Refused.class, r -> assertThat(r.fault()).isEqualTo(Answer.Fault.INVALID_REQUEST));
        }
    }

    @Test
    void hostileAddressesAreOnlyText() {
        for (String hostile : List.of("示范花园%-%-%号楼101室", "示范花园1'; DROP TABLE house; --1-1-101", "示范花园_-_-101", "\\1-1-101示范花园")) {
            assertThat(verify(SANDBOX, asking(hostile, person(TestSubject.APPROVE))).getOutcome()).as(hostile)
                    .isIn(Outcome.NOT_FOUND, Outcome.AMBIGUOUS, Outcome.REAL);
        }
        assertThat(verify(SANDBOX, asking(address(TestSubject.APPROVE), person(TestSubject.APPROVE))).getOutcome()).isEqualTo(Outcome.REAL);
    }

    @Test
    void aWithdrawnGrantEndsTheAnswersAtOnce() {
        try (TestDomain own = TestDomain.start()) {
            RentalProduct other = new RentalProduct(own, RentalRules.OF_2026);
            own.loadLive(RentalProduct.needs(), 3);
            own.withdraw("seizure.*");
            Operation operation = other.operations().getFirst();
            @SuppressWarnings("unchecked")
            Answer<VerifyListingResponse> answer = ((Operation.Unary<VerifyListingRequest, VerifyListingResponse>) operation).handler()
                    .answer(LIVE, asking(address(TestSubject.APPROVE), person(TestSubject.APPROVE)).build()).toCompletableFuture().join();
            assertThat(answer).isInstanceOfSatisfying(Answer.Refused.class, r -> assertThat(r.fault()).isEqualTo(Answer.Fault.SOURCE_UNAVAILABLE));
        }
    }

    @Test
    void addressesAndAnomaliesNeedNoRegister() {
        Answer<NormaliseAddressResponse> read = RentalProductIT.<NormaliseAddressRequest, NormaliseAddressResponse>ask(LIVE, "NormaliseAddress",
                NormaliseAddressRequest.newBuilder().setAddress("东宝象山大道１号示范花园七号楼二单元802户").build()).join();
        assertThat(found(read).getDistrictCode()).isEqualTo("420802");
        assertThat(found(read).getUnitKey()).isEqualTo("7-2-802");
        assertThat(found(read).getStandardText()).isEqualTo("湖北省荆门市东宝区象山大道1号示范花园7号楼2单元802室");
        CheckAnomaliesRequest.Builder request = CheckAnomaliesRequest.newBuilder();
        for (int i = 0; i < 2; i++) {
            request.addListings(OfferedListing.newBuilder().setListingId("l" + i).setDistrict("东宝区").setAddress("示范花园").setRentFen(100_000).setAreaM2(80));
        }
        Answer<CheckAnomaliesResponse> checked = RentalProductIT.<CheckAnomaliesRequest, CheckAnomaliesResponse>ask(LIVE, "CheckAnomalies", request.build()).join();
        assertThat(found(checked).getAnomaliesList()).extracting(a -> a.getKind()).containsExactly(AnomalyKind.EXACT_REPEAT);
        assertThat(((Answer.Found<CheckAnomaliesResponse>) checked).rows()).isEqualTo(2);
    }

    /** Names, amounts and residents must never leave (POLICY 5.5 row 7): no field could carry one, and no answer holds an identifier. */
    @Test
    void nothingThatNamesAnybodyCanLeave() {
        Pattern forbidden = Pattern.compile("(?i)name|resident|amount|price|mortgage|secured|phone|birth|share");
        for (var method : product.contract().getMethods()) {
            noFieldNamed(method.getOutputType(), forbidden);
        }
        for (TestSubject subject : List.of(TestSubject.APPROVE, TestSubject.REFER, TestSubject.NOT_FOUND)) {
            Answer<VerifyListingResponse> answer = RentalProductIT.<VerifyListingRequest, VerifyListingResponse>ask(SANDBOX, "VerifyListing",
                    asking(address(subject), person(subject)).build()).join();
            assertThat(found(answer).toString()).doesNotContain(person(subject), "40000000", "CF-", "DY-", "ZL-");
        }
        assertThat(RentalProto.getDescriptor().getMessageTypes()).isNotEmpty();
    }

    private static void noFieldNamed(Descriptor message, Pattern forbidden) {
        for (FieldDescriptor field : message.getFields()) {
            assertThat(forbidden.matcher(field.getName()).find()).as(field.getFullName()).isFalse();
            if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                noFieldNamed(field.getMessageType(), forbidden);
            }
        }
    }

    private static void live(String unit, String address, String owner) {
        domain.addLive(HousingTables.HOUSE, row("unit_code", unit, "district", unit.substring(0, 6), "address", address, "area_m2", "80",
                "built_year", null, "use", "RESIDENTIAL", "rentable", "true"));
        domain.addLive(HousingTables.REAL_ESTATE, row("unit_code", unit, "owner", owner, "share", "1", "registered_on", "2020-01-01"));
        domain.addLive(HousingTables.STANDARD_ADDRESS, row("address_id", "BZ-" + unit, "unit_code", unit, "district", unit.substring(0, 6),
                "full_text", address, "normal_form", UnitKey.of(PARSER.parse(address))));
    }

    private static Map<String, @Nullable String> row(@Nullable String... namesAndValues) {
        Map<String, @Nullable String> row = new HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            String name = namesAndValues[i];
            if (name != null) {
                row.put(name, namesAndValues[i + 1]);
            }
        }
        return row;
    }
}
