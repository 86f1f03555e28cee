package cn.jingshu.products.rental;

import cn.jingshu.products.address.Address;
import cn.jingshu.products.address.AddressMatch;
import cn.jingshu.products.address.AddressParser;
import cn.jingshu.products.address.Division;
import cn.jingshu.products.address.Divisions;
import cn.jingshu.products.address.UnitKey;
import cn.jingshu.products.spi.CallerRef;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Verifies listings against the register.
 *
 * <p>An address is looked for by the key of its unit among the standard addresses of its district, and each of these is read and
 * compared part by part ({@link AddressMatch}). It is real if exactly one unit agrees in everything both write. Whether the
 * dwelling may be let is told only of one whose holder matches: to anybody else the register stays closed.
 */
final class ListingVerifier {
    private static final ZoneId CITY = ZoneId.of("Asia/Shanghai");

    /** Where one of these is missing, too many dwellings would have to be compared, and none could be meant. */
    private static final Set<Address.Part> UNASKED =
            Set.of(Address.Part.DISTRICT, Address.Part.ESTATE, Address.Part.NUMBER, Address.Part.BUILDING, Address.Part.ROOM);

    private final RentalRules rules;
    private final AddressParser parser;
    private final UnaryOperator<String> token;

    /** @param token the domain's token of a subject, or keyed digest of any other text */
    ListingVerifier(RentalRules rules, AddressParser parser, UnaryOperator<String> token) {
        this.rules = rules;
        this.parser = parser;
        this.token = token;
    }

    /** Answers {@code question} of {@code caller}, and counts it if it failed. */
    Finding verify(Register register, Question question, CallerRef caller, Instant now) {
        String publisher = "publisher " + token.apply(question.publisher());
        String asker = "caller " + caller.text();
        Instant since = now.minus(rules.failureWindow());
        // Both are asked, so that the time taken does not tell which of them is reached.
        Optional<Instant> ofPublisher = register.nthFailure(rules.failuresOfPublisher(), publisher, since);
        Optional<Instant> ofCaller = register.nthFailure(rules.failuresOfCaller(), asker, since);
        if (ofPublisher.isPresent()) {
            // Of all callers: when the publisher's failures are forgotten would tell this one when others asked, so the whole window is named.
            return Finding.withheld(now.plus(rules.failureWindow()));
        }
        if (ofCaller.isPresent()) {
            return Finding.withheld(ofCaller.get().plus(rules.failureWindow()));
        }
        Finding finding = look(register, question, LocalDate.ofInstant(now, CITY));
        if (finding.failed()) {
            String digest = token.apply("rental question " + question.written() + "\n" + question.holder());
            register.keepFailure(publisher, digest, now, since);
            register.keepFailure(asker, digest, now, since);
        }
        return finding;
    }

    private Finding look(Register register, Question question, LocalDate day) {
        Located located = question.unit() != null
                ? new Located(register.hasHouse(question.unit().code()) ? Finding.Outcome.REAL : Finding.Outcome.NOT_FOUND,
                        question.unit().code(), Set.of(), Set.of(), false)
                : locate(register, Objects.requireNonNull(question.address()));
        // The same statements whether something was found or not, so that the time taken does not tell.
        String unit = located.outcome() == Finding.Outcome.REAL && located.unitCode() != null ? located.unitCode() : "";
        boolean holds = register.holds(unit, token.apply(question.holder()), day);
        boolean restricted = register.restricted(unit, day);
        Finding.Match match = !question.comparePublisher() ? Finding.Match.NOT_ASKED
                : holds && !unit.isEmpty() ? Finding.Match.YES : Finding.Match.NO;
        if (located.outcome() != Finding.Outcome.REAL) {
            return Finding.without(located.outcome(), match, located.missing(), located.unitMissing());
        }
        Finding.Restriction restriction = match != Finding.Match.YES ? Finding.Restriction.UNDISCLOSED
                : restricted ? Finding.Restriction.RESTRICTED : Finding.Restriction.UNRESTRICTED;
        return new Finding(Finding.Outcome.REAL, match, restriction, located.compared(), Set.of(), false, question.unit() != null,
                unit.isEmpty() ? null : unit, null);
    }

    /** Where an address leads. */
    private record Located(Finding.Outcome outcome, @Nullable String unitCode, Set<Address.Part> compared,
            Set<Address.Part> missing, boolean unitMissing) {}

    private Located locate(Register register, Address address) {
        Set<Address.Part> incomplete = EnumSet.noneOf(Address.Part.class);
        incomplete.addAll(address.missing());
        if (!address.candidates().isEmpty()) {
            incomplete.add(Address.Part.DISTRICT);
        }
        if (!Collections.disjoint(incomplete, UNASKED)) {
            return ambiguous(incomplete, false); // the register need not be asked, and is not
        }
        List<String> districts = districts(address);
        List<Compared> all = compared(register.addresses(districts, List.of(UnitKey.of(address))), address);
        List<String> entrances = UnitKey.withAnyEntrance(address);
        if (!entrances.isEmpty() && all.stream().noneMatch(c -> c.match().verdict() == AddressMatch.Verdict.SAME)) {
            all = new ArrayList<>(all);
            all.addAll(compared(register.addresses(districts, entrances), address));
        }
        if (all.isEmpty() && !address.unit().absent() && address.unit().building().isEmpty()) {
            return ambiguous(EnumSet.of(Address.Part.BUILDING), false); // a room of which building is not written
        }
        return judge(all, incomplete);
    }

    private record Compared(Register.StandardAddress standard, Address read, AddressMatch match) {}

    private List<Compared> compared(List<Register.StandardAddress> standards, Address address) {
        List<Compared> all = new ArrayList<>();
        for (Register.StandardAddress standard : standards) {
            Address read = parser.parse(standard.fullText(), rules.city());
            AddressMatch match = AddressMatch.of(address, read);
            if (match.verdict() != AddressMatch.Verdict.DIFFERENT) {
                all.add(new Compared(standard, read, match));
            }
        }
        return all;
    }

    private Located judge(List<Compared> all, Set<Address.Part> incomplete) {
        List<Compared> same = all.stream().filter(c -> c.match().verdict() == AddressMatch.Verdict.SAME).toList();
        Set<String> units = new HashSet<>();
        same.forEach(c -> units.add(c.standard().unitCode() == null ? c.standard().addressId() : c.standard().unitCode()));
        if (units.size() == 1) {
            Set<Address.Part> compared = EnumSet.noneOf(Address.Part.class);
            same.forEach(c -> compared.addAll(c.match().compared()));
            return new Located(Finding.Outcome.REAL, same.getFirst().standard().unitCode(), compared, Set.of(), false);
        }
        if (units.size() > 1) {
            Set<Address.Part> apart = apart(same);
            return ambiguous(apart, apart.isEmpty());
        }
        if (all.isEmpty()) {
            return new Located(Finding.Outcome.NOT_FOUND, null, Set.of(), Set.of(), false);
        }
        Set<Address.Part> missing = EnumSet.noneOf(Address.Part.class);
        missing.addAll(incomplete);
        all.forEach(c -> missing.addAll(c.match().missing()));
        missing.removeIf(part -> part == Address.Part.FLOOR);
        return ambiguous(missing, missing.isEmpty());
    }

    /** What tells apart the places that agree with one address: their districts, streets, or nothing an address could say. */
    private static Set<Address.Part> apart(List<Compared> same) {
        Set<Address.Part> parts = EnumSet.noneOf(Address.Part.class);
        if (same.stream().map(c -> c.read().divisionCode()).distinct().count() > 1) {
            parts.add(Address.Part.DISTRICT);
        } else if (same.stream().map(c -> c.read().townName()).distinct().count() > 1) {
            parts.add(Address.Part.STREET);
        } else if (same.stream().map(c -> c.read().road() + c.read().number()).distinct().count() > 1) {
            parts.add(Address.Part.NUMBER);
        }
        return parts;
    }

    private static Located ambiguous(Set<Address.Part> missing, boolean unitMissing) {
        return new Located(Finding.Outcome.AMBIGUOUS, null, Set.of(), missing, unitMissing);
    }

    /** Codes of the districts an address may lie in: its own by today's table, or all of its city. */
    private List<String> districts(Address address) {
        Divisions china = Divisions.china();
        Division division = address.division() == null ? null : china.today(address.division());
        if (division == null || division.level() == Division.Level.PROVINCE) {
            division = china.find(rules.city().substring(0, 4)).orElse(null);
        }
        if (division == null) {
            return List.of();
        }
        return division.level() == Division.Level.DISTRICT ? List.of(division.code())
                : china.districtsOf(division.code()).stream().map(Division::code).toList();
    }
}
