-- A cost is entered with its document: the digest says which one, the reference where it is kept. Vouchers of before the rule stay as they are.
-- 《会计法》 Art. 13–17 (POLICY §9.1: vouchers from reviewed originals); that the digest is kept with the voucher, and from which day, is the house's own rule.

ALTER TABLE market.cost_voucher ADD CONSTRAINT cost_voucher_has_document
    CHECK (document_sha256 IS NOT NULL OR entered_at < TIMESTAMPTZ '2026-12-01 00:00+08') NOT VALID;
