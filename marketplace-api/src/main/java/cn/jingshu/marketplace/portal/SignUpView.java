package cn.jingshu.marketplace.portal;

/**
 * Signing up an organisation and its first person. Fields: {@code uscc}, {@code organisation}, {@code name},
 * {@code email}, {@code password}.
 *
 * @param minPasswordLength in characters
 */
public record SignUpView(Form form, int minPasswordLength) {}
