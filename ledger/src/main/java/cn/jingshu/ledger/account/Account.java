package cn.jingshu.ledger.account;

import org.jspecify.annotations.Nullable;

/**
 * A named place value sits (科目).
 *
 * @param normalSide the side its balance normally stands on
 * @param parent the account it is part of; null at the first level
 * @param postable whether entries may name it; an account with sub-accounts only adds them up (末级科目 rule)
 */
public record Account(
        AccountCode code,
        String nameZh,
        String nameEn,
        AccountKind kind,
        Side normalSide,
        @Nullable AccountCode parent,
        boolean postable) {}
