package cn.jingshu.marketplace.portal;

/**
 * Signing in. Fields: {@code email}, {@code password}.
 *
 * @param next where to go afterwards; a path of this portal
 */
public record SignInView(Form form, String next) {}
