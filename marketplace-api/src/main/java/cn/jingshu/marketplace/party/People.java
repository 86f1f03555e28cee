package cn.jingshu.marketplace.party;

import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The people of the market and their roles. */
@Singleton
public final class People {
    private static final String ADD = """
            INSERT INTO market.person
                   (id, organisation_id, sign_in_name, display_name, password_hash, roles, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """;
    private static final String BY_ID = """
            SELECT id, organisation_id, sign_in_name, display_name, roles FROM market.person WHERE id = ?
            """;
    private static final String OF_ORGANISATION = """
            SELECT id, organisation_id, sign_in_name, display_name, roles
              FROM market.person
             WHERE organisation_id = ?
             ORDER BY sign_in_name
            """;
    private static final String SET_ROLES = """
            UPDATE market.person SET roles = ? WHERE id = ?
            """;

    private final Database database;
    private final Passwords passwords;
    private final Clock clock;

    public People(Database database, Passwords passwords, Clock clock) {
        this.database = database;
        this.passwords = passwords;
        this.clock = clock;
    }

    /**
     * Adds a person with a password.
     *
     * @throws IllegalArgumentException if a role does not fit the organisation
     */
    public void add(Person person, char[] password, @Nullable UUID decidedBy) {
        addHashed(person, passwords.hash(password), decidedBy);
    }

    /** The same with a password that was hashed before, for those who share a public one: a demonstration's people. */
    public void addHashed(Person person, String hash, @Nullable UUID decidedBy) {
        database.inTransaction(t -> {
            Organisation organisation = organisationOf(t, person.organisationId());
            add(t, organisation, person, hash, clock.instant());
            AuditLog.append(t, clock, decidedBy, "person.add", "person", person.id(),
                    Map.of("roles", person.roles().toString()));
            return person;
        });
    }

    static void add(Transaction t, Organisation organisation, Person person, String passwordHash, Instant at)
            throws SQLException {
        requireFitting(organisation, person.roles());
        t.change(ADD, person.id(), organisation.id(), person.signInName(), person.displayName(), passwordHash,
                person.roles(), at);
    }

    public Optional<Person> find(UUID id) {
        return database.inTransaction(t -> t.find(BY_ID, People::read, id));
    }

    public List<Person> listOf(UUID organisationId) {
        return database.inTransaction(t -> t.list(OF_ORGANISATION, People::read, organisationId));
    }

    /** Gives a person other roles and ends all of their sessions in the same breath. */
    public void changeRoles(UUID personId, Set<Role> roles, UUID decidedBy) {
        database.inTransaction(t -> {
            Person person = getIn(t, personId);
            requireFitting(organisationOf(t, person.organisationId()), roles);
            t.change(SET_ROLES, roles, personId);
            Sessions.endAllOf(t, personId);
            AuditLog.append(t, clock, decidedBy, "person.roles", "person", personId, Map.of("roles", roles.toString()));
            return personId;
        });
    }

    /**
     * The person with this id, inside a running transaction.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Person getIn(Transaction t, UUID personId) throws SQLException {
        return t.find(BY_ID, People::read, personId)
                .orElseThrow(() -> new IllegalArgumentException("no person " + personId));
    }

    private static Organisation organisationOf(Transaction t, UUID organisationId) throws SQLException {
        return Organisations.findIn(t, organisationId)
                .orElseThrow(() -> new IllegalArgumentException("no organisation " + organisationId));
    }

    private static void requireFitting(Organisation organisation, Set<Role> roles) {
        for (Role role : roles) {
            if (!role.fits(organisation.kinds())) {
                throw new IllegalArgumentException(
                        "role " + role + " does not fit an organisation of " + organisation.kinds());
            }
        }
    }

    static Person read(Row row) throws SQLException {
        Set<Role> roles = EnumSet.noneOf(Role.class);
        for (String role : row.texts("roles")) {
            roles.add(Role.valueOf(role));
        }
        return new Person(row.uuid("id"), row.uuid("organisation_id"), row.text("sign_in_name"),
                row.text("display_name"), roles);
    }
}
