-- A cost rests on its original document (会计法 Art. 14: vouchers from reviewed originals): its digest and where it is kept stand with the
-- voucher, and the VAT on it that may be deducted.

ALTER TABLE market.cost_voucher ADD COLUMN document_sha256 bytea;            -- null: entered without the document at hand
ALTER TABLE market.cost_voucher ADD COLUMN document_reference text;          -- where the document is kept; null: not stated
ALTER TABLE market.cost_voucher ADD COLUMN input_vat_fen bigint NOT NULL DEFAULT 0;
ALTER TABLE market.cost_voucher ADD CONSTRAINT cost_voucher_digest_whole CHECK (octet_length(document_sha256) = 32);
ALTER TABLE market.cost_voucher ADD CONSTRAINT cost_voucher_reference_said CHECK (btrim(document_reference) <> '');
ALTER TABLE market.cost_voucher ADD CONSTRAINT cost_voucher_document_kept
    CHECK (document_sha256 IS NULL OR document_reference IS NOT NULL);
ALTER TABLE market.cost_voucher ADD CONSTRAINT cost_voucher_vat_fits
    CHECK (input_vat_fen >= 0 AND (kind <> 'MERCHANT_SERVICE' OR input_vat_fen = 0));
