package cn.jingshu.products.rental;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import cn.jingshu.products.SharedData;
import cn.jingshu.products.address.AddressParser;
import cn.jingshu.products.address.Divisions;
import cn.jingshu.products.rental.ListingAnomalies.Anomaly;
import cn.jingshu.products.rental.ListingAnomalies.Kind;
import cn.jingshu.products.rental.ListingAnomalies.Offer;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;

/** Anomalies among listings. */
class ListingAnomaliesTest {
    private static final ListingAnomalies ANOMALIES = new ListingAnomalies(new AddressParser(Divisions.china()));

    private static Offer offer(String id, String address, long rentYuan, double area) {
        return new Offer(id, "东宝区", address, rentYuan * 100, area, "", List.of());
    }

    private static long count(List<Anomaly> anomalies, Kind kind) {
        return anomalies.stream().filter(a -> a.kind() == kind).count();
    }

    /** Ten ordinary listings at 10 to 19 yuan per m². */
    private static List<Offer> usual() {
        List<Offer> offers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            offers.add(offer("U" + i, "平常小区" + (i + 1) + "号楼1单元101室", (10L + i) * 100, 100));
        }
        return offers;
    }

    @Test
    void theLiuzhouListingsHaveTheStatedAnomalies() {
        List<Offer> offers = new ArrayList<>();
        for (CSVRecord row : SharedData.rows("rental/liuzhou_rent_listings.csv")) {
            offers.add(new Offer("L" + offers.size(), row.get("area"), row.get("address"),
                    new BigDecimal(row.get("price")).movePointRight(2).longValueExact(), Double.parseDouble(row.get("buildarea")), "", List.of()));
        }
        List<Anomaly> found = ANOMALIES.check(offers).anomalies();
        System.out.printf("liuzhou: %d listings, %d near repeats%n", offers.size(), count(found, Kind.NEAR_REPEAT));
        assertThat(offers).hasSize(1_039);
        assertThat(count(found, Kind.EXACT_REPEAT)).isEqualTo(14);
        assertThat(count(found, Kind.RENT_LOW)).isEqualTo(28);
        assertThat(count(found, Kind.RENT_HIGH)).isEqualTo(25);
        assertThat(found).filteredOn(a -> a.kind() == Kind.RENT_LOW).allSatisfy(a -> assertThat(a.value()).isLessThan(a.expected() / 2));
    }

    @Test
    void rentsAreHeldAgainstTheMedianOfTheDistrict() {
        List<Offer> offers = usual();
        offers.add(offer("cheap", "平常小区11号楼1单元101室", 700, 100)); // median of the eleven: 14
        offers.add(offer("dear", "平常小区12号楼1单元101室", 2_901, 100)); // of the twelve: 14.5
        List<Anomaly> found = ANOMALIES.check(offers).anomalies();
        assertThat(found).extracting(Anomaly::kind, Anomaly::listingId)
                .containsExactly(tuple(Kind.RENT_LOW, "cheap"), tuple(Kind.RENT_HIGH, "dear"));
        assertThat(found.getFirst().deviation()).isNegative();
        assertThat(found.getLast().deviation()).isPositive();
    }

    @Test
    void exactlyHalfAndExactlyTwiceAreNoAnomaly() {
        List<Offer> offers = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            offers.add(offer("U" + i, "平常小区" + (i + 1) + "号楼1单元101室", 1_000, 100));
        }
        offers.add(offer("half", "另一小区", 500, 100));
        offers.add(offer("twice", "又一小区", 2_000, 100));
        assertThat(ANOMALIES.check(offers).anomalies()).isEmpty();
    }

    @Test
    void aFewListingsOfADistrictAreNotJudged() {
        List<Offer> offers = usual().subList(0, ListingAnomalies.FEWEST_LISTINGS - 2);
        offers.add(offer("cheap", "平常小区30号楼1单元101室", 1, 100));
        assertThat(ANOMALIES.check(offers).anomalies()).isEmpty();
    }

    @Test
    void repeatsAreFoundHoweverTheAddressIsWritten() {
        List<Offer> offers = usual();
        offers.add(offer("same", "平常小区1号楼1单元101室", 1_000, 100));
        offers.add(offer("near", "平常小区１幢1-101", 1_050, 101));
        offers.add(offer("other flat", "平常小区1号楼1单元102室", 1_000, 100));
        List<Anomaly> found = ANOMALIES.check(offers).anomalies();
        assertThat(found).extracting(Anomaly::kind, Anomaly::listingId, Anomaly::other).containsExactly(
                tuple(Kind.EXACT_REPEAT, "same", "U0"),
                tuple(Kind.NEAR_REPEAT, "near", "U0"));
    }

    @Test
    void aPhotoOfAnotherPlaceAndAPublisherOfManyDwellingsAreTold() {
        List<Offer> offers = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            offers.add(new Offer("M" + i, "东宝区", "甲小区" + (i + 1) + "号楼1单元101室", 100_000, 100, "many", List.of("h" + i)));
        }
        offers.add(new Offer("P", "东宝区", "乙小区1号楼1单元101室", 100_000, 100, "one", List.of("h3")));
        offers.add(new Offer("again", "东宝区", "乙小区1号楼1单元101室", 140_000, 100, "one", List.of("h3")));
        List<Anomaly> found = ANOMALIES.check(offers).anomalies();
        assertThat(found).extracting(Anomaly::kind, Anomaly::listingId).contains(
                tuple(Kind.MANY_UNITS, "M0"), tuple(Kind.PHOTO_REUSED, "P"));
        assertThat(count(found, Kind.MANY_UNITS)).isEqualTo(1);
    }

    @Test
    void theOrderOfListingsDoesNotChangeWhichRentsAreOdd() {
        long seed = 7;
        Random random = new Random(seed);
        List<Offer> offers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            offers.add(offer("R" + i, "小区" + i, 300 + random.nextInt(5_000), 30 + random.nextInt(120)));
        }
        Set<String> before = odd(offers);
        Collections.shuffle(offers, random);
        assertThat(odd(offers)).as("seed " + seed).isEqualTo(before).isNotEmpty();
    }

    private static Set<String> odd(List<Offer> offers) {
        return ANOMALIES.check(offers).anomalies().stream().filter(a -> a.kind() == Kind.RENT_LOW || a.kind() == Kind.RENT_HIGH)
                .map(a -> a.kind() + a.listingId()).collect(Collectors.toSet());
    }
}
