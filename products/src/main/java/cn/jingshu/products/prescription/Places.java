package cn.jingshu.products.prescription;

import cn.jingshu.products.domain.DataSession;
import cn.jingshu.products.prescription.v1.Place;
import cn.jingshu.products.prescription.v1.PlaceKind;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/**
 * Designated hospitals and pharmacies in an order that steers nobody: those of the district asked from first, and within each of the
 * two bands by the SHA-256 of the call's seed and the place's code. Every call has another seed, so over calls each place of a band
 * stands everywhere equally often; the seed is told, so anyone can check that no place was moved. Nobody can pay for a place.
 */
final class Places {
    static final String ORDER_RULE = "DISTRICT_BAND_THEN_SHUFFLE";

    private static final String HAVING = """
            SELECT institution, name, kind, district FROM institution_drug WHERE drug_name = ? AND kind = ? AND in_stock
            """;
    private static final String AT = "SELECT drug_name FROM institution_drug WHERE institution = ? AND in_stock";

    private final DataSession session;

    Places(DataSession session) {
        this.session = session;
    }

    /** @param district code asked from; empty: one band */
    List<Place> having(String drug, PlaceKind kind, String district, String seed) {
        return ordered(session.select(HAVING, row -> Place.newBuilder().setInstitution(row.text("institution")).setName(row.text("name"))
                .setKind(PlaceKind.valueOf(row.text("kind"))).setDistrict(row.text("district")).build(), drug.strip(), kind.name()), district, seed);
    }

    static List<Place> ordered(List<Place> places, String district, String seed) {
        return places.stream()
                .sorted(Comparator.comparing((Place place) -> !district.isEmpty() && !place.getDistrict().equals(district))
                        .thenComparing(place -> digest(seed + "|" + place.getInstitution())))
                .toList();
    }

    /** The generic names a place has now. */
    List<String> drugsAt(String institution) {
        return session.select(AT, row -> row.text("drug_name"), institution);
    }

    /** The seed of a call: 16 hexadecimal digits from its id. */
    static String seed(String requestId) {
        return digest(requestId).substring(0, 16);
    }

    private static String digest(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException absent) {
            throw new IllegalStateException("every Java has SHA-256", absent);
        }
    }
}
