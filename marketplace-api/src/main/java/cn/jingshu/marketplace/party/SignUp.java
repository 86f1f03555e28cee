package cn.jingshu.marketplace.party;

import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.products.identifier.Uscc;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/** How a consumer joins: the organisation and its first person in one step. */
@Singleton
public final class SignUp {
    private static final Pattern SIGN_IN_NAME = Pattern.compile("[a-z0-9][a-z0-9._@+-]{2,63}");
    private static final int PASSWORD_MIN = 10;
    private static final int PASSWORD_MAX = 128;
    private static final int NAME_MAX = 200;

    private final Database database;
    private final Passwords passwords;
    private final Clock clock;

    public SignUp(Database database, Passwords passwords, Clock clock) {
        this.database = database;
        this.passwords = passwords;
        this.clock = clock;
    }

    /** What the newcomer filled in; ids are made by the caller, so a repeated form is the same sign-up. */
    public record Form(UUID organisationId, UUID personId, String uscc, String nameZh, String nameEn,
            String signInName, String displayName, String password) {
        @Override
        public String toString() {
            return "Form[" + organisationId + "]"; // the password stays out of every log
        }
    }

    /** The answer to a sign-up. */
    public sealed interface Outcome {
        record SignedUp(Organisation organisation, Person person) implements Outcome {}

        record Refused(Fault fault) implements Outcome {}
    }

    /** Why a sign-up is refused. */
    public enum Fault {
        USCC_INVALID("统一社会信用代码校验不通过", "the unified social credit code fails its check"),
        USCC_TAKEN("该单位已注册,请联系本单位管理员", "this organisation has joined already; ask its owner to add you"),
        NAME_INVALID("单位名称和姓名不能为空,且不超过200字", "names must not be empty or longer than 200 characters"),
        SIGN_IN_NAME_INVALID(
                "登录名须为3至64位小写字母、数字或 . _ @ + -",
                "a sign-in name has 3 to 64 lower-case letters, digits or . _ @ + -"),
        SIGN_IN_NAME_TAKEN("登录名已被使用", "this sign-in name is taken"),
        PASSWORD_UNFIT("密码须为10至128个字符,且不含登录名", "a password has 10 to 128 characters and does not contain the sign-in name");

        private final String zh;
        private final String en;

        Fault(String zh, String en) {
            this.zh = zh;
            this.en = en;
        }

        public String zh() {
            return zh;
        }

        public String en() {
            return en;
        }
    }

    public Outcome signUp(Form form) {
        Optional<Uscc> uscc = Uscc.parse(form.uscc());
        String signInName = Person.normalise(form.signInName());
        if (uscc.isEmpty()) {
            return new Outcome.Refused(Fault.USCC_INVALID);
        }
        if (unfit(form.nameZh()) || unfit(form.nameEn()) || unfit(form.displayName())) {
            return new Outcome.Refused(Fault.NAME_INVALID);
        }
        if (!SIGN_IN_NAME.matcher(signInName).matches()) {
            return new Outcome.Refused(Fault.SIGN_IN_NAME_INVALID);
        }
        String typed = form.password();
        if (typed.length() < PASSWORD_MIN || typed.length() > PASSWORD_MAX || typed.contains(signInName)) {
            return new Outcome.Refused(Fault.PASSWORD_UNFIT);
        }
        Organisation organisation = new Organisation(form.organisationId(), uscc.get(), form.nameZh().strip(),
                form.nameEn().strip(), Set.of(OrganisationKind.CONSUMER), Organisation.Status.ACTIVE,
                Organisation.Verification.CHECK_DIGITS, false, clock.instant());
        Person person = new Person(form.personId(), organisation.id(), signInName, form.displayName().strip(),
                Set.of(Role.OWNER, Role.DEVELOPER));
        return store(organisation, person, passwords.hash(typed.toCharArray()));
    }

    private Outcome store(Organisation organisation, Person person, String passwordHash) {
        try {
            return database.inTransaction(t -> {
                Organisations.add(t, organisation);
                People.add(t, organisation, person, passwordHash, clock.instant());
                AuditLog.append(t, clock, person.id(), "organisation.sign-up", "organisation", organisation.id(),
                        Map.of("verification", "CHECK_DIGITS"));
                return new Outcome.SignedUp(organisation, person);
            });
        } catch (DatabaseException e) {
            if (e.violates("organisation_uscc_unique")) {
                return new Outcome.Refused(Fault.USCC_TAKEN);
            }
            if (e.violates("person_sign_in_name_unique")) {
                return new Outcome.Refused(Fault.SIGN_IN_NAME_TAKEN);
            }
            throw e;
        }
    }

    private static boolean unfit(String name) {
        return name.isBlank() || name.length() > NAME_MAX;
    }
}
