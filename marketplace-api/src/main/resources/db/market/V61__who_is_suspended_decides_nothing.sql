-- A suspended organisation, and one that has left, decides nothing (暂停权限): every decision is logged in its own
-- transaction with the person who took it, so the log is where it is refused. What only takes a right back stays possible:
-- a leaked key must be revoked and a consent withdrawn whoever is suspended.

CREATE FUNCTION market.refuse_suspended_actor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.action NOT IN ('key.revoke', 'consent.withdraw', 'resource.suspend', 'resource.withdraw', 'subscription.end',
            'price.withdraw')
            AND EXISTS (
                SELECT 1
                  FROM market.person p
                  JOIN market.organisation o ON o.id = p.organisation_id
                 WHERE p.id = NEW.actor_id AND o.status <> 'ACTIVE') THEN
        RAISE EXCEPTION 'person % decides nothing: the organisation is suspended or has left', NEW.actor_id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'audit_log_actor_may_act';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER audit_log_actor_may_act BEFORE INSERT ON market.audit_log
    FOR EACH ROW EXECUTE FUNCTION market.refuse_suspended_actor();
