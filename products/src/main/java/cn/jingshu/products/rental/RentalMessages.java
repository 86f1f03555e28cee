package cn.jingshu.products.rental;

import cn.jingshu.products.address.Address;
import cn.jingshu.products.address.Division;
import cn.jingshu.products.address.Unit;
import cn.jingshu.products.address.UnitKey;
import cn.jingshu.products.domain.Freshness;
import cn.jingshu.products.rental.v1.AddressPart;
import cn.jingshu.products.rental.v1.Anomaly;
import cn.jingshu.products.rental.v1.AnomalyKind;
import cn.jingshu.products.rental.v1.CheckAnomaliesResponse;
import cn.jingshu.products.rental.v1.DataDate;
import cn.jingshu.products.rental.v1.DistrictRent;
import cn.jingshu.products.rental.v1.NormaliseAddressResponse;
import cn.jingshu.products.rental.v1.OfferedListing;
import cn.jingshu.products.rental.v1.Outcome;
import cn.jingshu.products.rental.v1.PublisherMatch;
import cn.jingshu.products.rental.v1.Restriction;
import cn.jingshu.products.rental.v1.Verification;
import java.util.Objects;

/** The product's records as messages of its contract, and back. */
final class RentalMessages {
    private RentalMessages() {}

    static Verification toProto(Finding finding, String listingToken) {
        Verification.Builder told = Verification.newBuilder()
                .setOutcome(switch (finding.outcome()) {
                    case REAL -> Outcome.REAL;
                    case NOT_FOUND -> Outcome.NOT_FOUND;
                    case AMBIGUOUS -> Outcome.AMBIGUOUS;
                    case WITHHELD -> Outcome.WITHHELD;
                })
                .setPublisherMatches(switch (finding.match()) {
                    case NOT_ASKED -> PublisherMatch.NOT_ASKED;
                    case YES -> PublisherMatch.YES;
                    case NO -> PublisherMatch.NO;
                })
                .setRestriction(switch (finding.restriction()) {
                    case UNDISCLOSED -> Restriction.UNDISCLOSED;
                    case UNRESTRICTED -> Restriction.UNRESTRICTED;
                    case RESTRICTED -> Restriction.RESTRICTED;
                })
                .setConfidence(finding.confidence())
                .setListingToken(listingToken);
        for (Address.Part part : Address.Part.values()) {
            if (finding.compared().contains(part)) {
                told.addCompared(toProto(part));
            }
            if (finding.missing().contains(part)) {
                told.addMissing(toProto(part));
            }
        }
        if (finding.byCode() && finding.outcome() == Finding.Outcome.REAL) {
            told.addCompared(AddressPart.UNIT_CODE);
        }
        if (finding.unitMissing()) {
            told.addMissing(AddressPart.UNIT_CODE);
        }
        return told.build();
    }

    static AddressPart toProto(Address.Part part) {
        return switch (part) {
            case DISTRICT -> AddressPart.DISTRICT;
            case STREET -> AddressPart.STREET;
            case VILLAGE -> AddressPart.VILLAGE;
            case ROAD -> AddressPart.ROAD;
            case NUMBER -> AddressPart.NUMBER;
            case ESTATE -> AddressPart.ESTATE;
            case BUILDING -> AddressPart.BUILDING;
            case ENTRANCE -> AddressPart.ENTRANCE;
            case FLOOR -> AddressPart.FLOOR;
            case ROOM -> AddressPart.ROOM;
        };
    }

    static DataDate toProto(String resource, Freshness freshness) {
        return DataDate.newBuilder()
                .setResource(resource)
                .setLoadedAt(freshness.loadedAt() == null ? "" : Objects.requireNonNull(freshness.loadedAt()).toString())
                .setStale(freshness.stale())
                .setDegraded(freshness.degraded())
                .build();
    }

    static NormaliseAddressResponse toProto(Address read) {
        NormaliseAddressResponse.Builder told = NormaliseAddressResponse.newBuilder();
        Division province = read.at(Division.Level.PROVINCE);
        Division city = read.at(Division.Level.CITY);
        Division district = read.at(Division.Level.DISTRICT);
        Division street = read.street();
        if (province != null) {
            told.setProvince(province.name()).setProvinceCode(province.paddedCode());
        }
        if (city != null) {
            told.setCity(city.name()).setCityCode(city.paddedCode());
        }
        if (district != null) {
            told.setDistrict(district.name()).setDistrictCode(district.paddedCode());
        }
        told.setStreet(read.townName()).setStreetCode(street == null ? "" : street.paddedCode());
        Unit unit = read.unit();
        told.setZone(read.zone()).setVillage(read.village()).setRoad(read.road()).setNumber(read.number())
                .setBuilding(unit.building()).setEntrance(unit.entrance()).setFloor(unit.floor()).setRoom(unit.room())
                .setPlace(read.place()).setUnitKey(UnitKey.of(read)).setStandardText(read.standardText())
                .addAllRemarks(read.remarks());
        read.candidates().forEach(c -> told.addCandidates(c.toString()));
        for (Address.Part part : read.missing()) {
            told.addMissing(toProto(part));
        }
        return told.build();
    }

    static ListingAnomalies.Offer fromProto(OfferedListing offer) {
        return new ListingAnomalies.Offer(offer.getListingId(), offer.getDistrict().strip(), offer.getAddress(), offer.getRentFen(),
                offer.getAreaM2(), offer.getPublisherRef(), offer.getPhotoHashesList());
    }

    static CheckAnomaliesResponse toProto(ListingAnomalies.Report report) {
        CheckAnomaliesResponse.Builder told = CheckAnomaliesResponse.newBuilder().setMethod(ListingAnomalies.METHOD);
        for (ListingAnomalies.Anomaly a : report.anomalies()) {
            told.addAnomalies(Anomaly.newBuilder()
                    .setKind(switch (a.kind()) {
                        case EXACT_REPEAT -> AnomalyKind.EXACT_REPEAT;
                        case NEAR_REPEAT -> AnomalyKind.NEAR_REPEAT;
                        case RENT_LOW -> AnomalyKind.RENT_LOW;
                        case RENT_HIGH -> AnomalyKind.RENT_HIGH;
                        case PHOTO_REUSED -> AnomalyKind.PHOTO_REUSED;
                        case MANY_UNITS -> AnomalyKind.MANY_UNITS;
                    })
                    .setListingId(a.listingId()).setOtherListingId(a.other()).setValue(a.value()).setExpected(a.expected())
                    .setDeviation(a.deviation()));
        }
        for (ListingAnomalies.DistrictRent d : report.districts()) {
            told.addDistricts(DistrictRent.newBuilder().setDistrict(d.district()).setListings(d.listings()).setMedianYuanPerM2(d.median()));
        }
        return told.build();
    }
}
