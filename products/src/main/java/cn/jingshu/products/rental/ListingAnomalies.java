package cn.jingshu.products.rental;

import cn.jingshu.products.address.Address;
import cn.jingshu.products.address.AddressParser;
import cn.jingshu.products.address.UnitKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds what is odd among listings of one platform, by order statistics that a few odd ones cannot move.
 *
 * <p>Definitions. An exact repeat is a listing for which an earlier one of the batch has the same address, district, rent and
 * area: each later one counts once. A near repeat has the same place and, if written, the same unit, a rent within 10 % and an
 * area within 3 % of an earlier one's, and is no exact repeat. Rent is held against the median of the rents per m² of all
 * listings of the district, repeats among them: low is below half of it, high above twice. The median breaks down only when half of
 * the listings are odd (Hampel 1971). Beside it stands the modified z of the logarithm of the rent per m², 0.6745 · (x − median) / MAD
 * (Iglewicz and Hoaglin 1993). Nothing is said of rents in a district with fewer than {@value #FEWEST_LISTINGS} listings.
 */
final class ListingAnomalies {
    /** Names the definitions above; changed whenever one of them is. */
    static final String METHOD = "rental-anomalies-1";

    static final int FEWEST_LISTINGS = 8;
    private static final double LOW = 0.5;
    private static final double HIGH = 2.0;
    private static final double NEAR_RENT = 0.10;
    private static final double NEAR_AREA = 0.03;
    /** Up to so many dwellings of one publisher are nothing odd: a landlord of a small house. */
    private static final int USUAL_UNITS = 10;
    private static final double Z_SCALE = 0.6745;
    /** Of near repeats only so many earlier listings of a place are looked at. */
    private static final int MOST_EARLIER = 200;

    private final AddressParser parser;

    ListingAnomalies(AddressParser parser) {
        this.parser = parser;
    }

    /**
     * A listing as its platform shows it.
     *
     * @param rentFen rent a month, fen, above zero
     * @param areaM2 above zero
     * @param publisherRef the platform's reference of the publisher; empty: not told
     */
    record Offer(String listingId, String district, String address, long rentFen, double areaM2, String publisherRef, List<String> photos) {
        Offer {
            photos = List.copyOf(photos);
        }

        /** Yuan a month for one m². */
        double yuanPerM2() {
            return rentFen / 100.0 / areaM2;
        }
    }

    /** Kinds of anomalies. */
    enum Kind {
        EXACT_REPEAT,
        NEAR_REPEAT,
        RENT_LOW,
        RENT_HIGH,
        PHOTO_REUSED,
        MANY_UNITS
    }

    /**
     * One anomaly.
     *
     * @param other the earlier listing; empty: it concerns no other
     * @param value what was observed: yuan per m², or dwellings; 0 for repeats
     * @param expected what it is held against
     * @param deviation the modified z of the logarithm of the rent; 0 where no rent is judged
     */
    record Anomaly(Kind kind, String listingId, String other, double value, double expected, double deviation) {}

    /** How the rents of one district stand. */
    record DistrictRent(String district, int listings, double median) {}

    /** All that was found. */
    record Report(List<Anomaly> anomalies, List<DistrictRent> districts) {}

    /** Looks through {@code offers}; anomalies are in the order of the offers. */
    Report check(List<Offer> offers) {
        Map<String, Rents> rents = rents(offers);
        Map<String, Set<String>> places = new HashMap<>();
        Map<Exact, Offer> seen = new HashMap<>();
        Map<String, List<Offer>> byPlace = new HashMap<>();
        Map<String, Offer> photos = new HashMap<>();
        Map<Offer, String> placeOf = new HashMap<>();
        for (Offer offer : offers) {
            String place = place(offer);
            placeOf.put(offer, place);
            if (!offer.publisherRef().isEmpty()) {
                places.computeIfAbsent(offer.publisherRef(), _ -> new HashSet<>()).add(place + " " + offer.areaM2());
            }
        }
        double limit = unitLimit(places);
        Set<String> told = new HashSet<>();
        List<Anomaly> found = new ArrayList<>();
        for (Offer offer : offers) {
            String place = placeOf.getOrDefault(offer, "");
            repeats(offer, place, seen, byPlace, found);
            rent(offer, rents, found);
            photo(offer, place, photos, placeOf, found);
            int units = places.getOrDefault(offer.publisherRef(), Set.of()).size();
            if (units > limit && told.add(offer.publisherRef())) {
                found.add(new Anomaly(Kind.MANY_UNITS, offer.listingId(), "", units, limit, 0));
            }
        }
        List<DistrictRent> districts = new ArrayList<>();
        rents.forEach((district, r) -> districts.add(new DistrictRent(district, r.count(), r.median())));
        return new Report(List.copyOf(found), List.copyOf(districts));
    }

    private record Exact(String district, String address, long rentFen, double areaM2) {}

    private void repeats(Offer offer, String place, Map<Exact, Offer> seen, Map<String, List<Offer>> byPlace, List<Anomaly> found) {
        Offer same = seen.putIfAbsent(new Exact(offer.district(), offer.address().strip(), offer.rentFen(), offer.areaM2()), offer);
        List<Offer> earlier = byPlace.computeIfAbsent(place, _ -> new ArrayList<>());
        if (same != null) {
            found.add(new Anomaly(Kind.EXACT_REPEAT, offer.listingId(), same.listingId(), 0, 0, 0));
        } else {
            for (Offer other : earlier) {
                if (near((double) offer.rentFen(), (double) other.rentFen(), NEAR_RENT) && near(offer.areaM2(), other.areaM2(), NEAR_AREA)) {
                    found.add(new Anomaly(Kind.NEAR_REPEAT, offer.listingId(), other.listingId(), 0, 0, 0));
                    break;
                }
            }
        }
        if (earlier.size() < MOST_EARLIER) {
            earlier.add(offer);
        }
    }

    private static boolean near(double one, double other, double part) {
        return Math.abs(one - other) <= part * Math.max(one, other);
    }

    private static void rent(Offer offer, Map<String, Rents> rents, List<Anomaly> found) {
        Rents district = rents.get(offer.district());
        if (district == null || district.count() < FEWEST_LISTINGS) {
            return;
        }
        double value = offer.yuanPerM2();
        double median = district.median();
        Kind kind = value < LOW * median ? Kind.RENT_LOW : value > HIGH * median ? Kind.RENT_HIGH : null;
        if (kind != null) {
            found.add(new Anomaly(kind, offer.listingId(), "", value, median, district.deviation(value)));
        }
    }

    private static void photo(Offer offer, String place, Map<String, Offer> photos, Map<Offer, String> placeOf, List<Anomaly> found) {
        boolean told = false;
        for (String hash : offer.photos()) {
            Offer first = photos.putIfAbsent(hash, offer);
            if (first != null && !told && !placeOf.getOrDefault(first, "").equals(place)) {
                found.add(new Anomaly(Kind.PHOTO_REUSED, offer.listingId(), first.listingId(), 0, 0, 0));
                told = true;
            }
        }
    }

    /** Ten dwellings, or three robust deviations above the median of the publishers, whichever is more. */
    private static double unitLimit(Map<String, Set<String>> places) {
        double[] counts = places.values().stream().mapToDouble(Set::size).sorted().toArray();
        if (counts.length < FEWEST_LISTINGS) {
            return USUAL_UNITS; // of so few publishers nobody can say what is usual
        }
        double median = median(counts);
        return Math.max(USUAL_UNITS, median + 3 * mad(counts, median) / Z_SCALE);
    }

    /** The district, the road with number or the place, and the unit, as the address parser reads them. */
    private String place(Offer offer) {
        Address read = parser.parse(offer.address());
        String where = read.road().isEmpty() && read.village().isEmpty() ? read.text() : read.village() + read.road() + read.number();
        return offer.district().strip() + "|" + (where.isEmpty() ? offer.address().strip() : where) + "|" + UnitKey.of(read);
    }

    /** Rents per m² of one district. */
    private record Rents(int count, double median, double logMedian, double logMad) {
        double deviation(double value) {
            return logMad > 0 ? Z_SCALE * (Math.log(value) - logMedian) / logMad : 0;
        }
    }

    private static Map<String, Rents> rents(List<Offer> offers) {
        Map<String, List<Double>> values = new LinkedHashMap<>();
        for (Offer offer : offers) {
            values.computeIfAbsent(offer.district(), _ -> new ArrayList<>()).add(offer.yuanPerM2());
        }
        Map<String, Rents> rents = new LinkedHashMap<>();
        values.forEach((district, all) -> {
            double[] sorted = all.stream().mapToDouble(Double::doubleValue).sorted().toArray();
            double[] logs = Arrays.stream(sorted).map(Math::log).toArray();
            double logMedian = median(logs);
            rents.put(district, new Rents(sorted.length, median(sorted), logMedian, mad(logs, logMedian)));
        });
        return rents;
    }

    /** Of values in ascending order, at least one. */
    private static double median(double[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static double mad(double[] values, double median) {
        return median(Arrays.stream(values).map(v -> Math.abs(v - median)).sorted().toArray());
    }
}
