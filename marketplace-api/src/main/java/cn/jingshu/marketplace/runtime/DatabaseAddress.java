package cn.jingshu.marketplace.runtime;

/** Where PostgreSQL is and as whom the application connects; {@code toString} keeps the password to itself. */
public record DatabaseAddress(String url, String username, String password) {
    @Override
    public String toString() {
        return "DatabaseAddress[url=" + url + ", username=" + username + "]";
    }
}
