-- A node whose lease ran out while it looked must not end or give back the turn another one has taken since.
ALTER TABLE market.revenue_look ADD COLUMN turn uuid; -- of whoever holds, or held last, the lease; null: nobody ever did
