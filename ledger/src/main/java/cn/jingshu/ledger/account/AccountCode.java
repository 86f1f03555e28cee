package cn.jingshu.ledger.account;

import java.util.regex.Pattern;

/**
 * Number of an account (科目编号): four digits of the national chart and two more for each level below.
 * The code of a sub-account begins with its parent's code.
 */
public record AccountCode(String value) implements Comparable<AccountCode> {

    private static final Pattern FORM = Pattern.compile("\\d{4}(\\d{2}){0,4}");

    public AccountCode {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("not an account code of 4, 6, 8, 10 or 12 digits: " + value);
        }
    }

    @Override
    public int compareTo(AccountCode other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
