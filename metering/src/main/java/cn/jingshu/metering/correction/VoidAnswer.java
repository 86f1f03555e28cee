package cn.jingshu.metering.correction;

import java.util.UUID;

/** The answer to a wish to void an event. */
public sealed interface VoidAnswer {
    /** The event counts no more, from now on. */
    record Voided(EventVoid entry) implements VoidAnswer {}

    /** This very void was recorded before; nothing changed. */
    record VoidedBefore(EventVoid entry) implements VoidAnswer {}

    /** Refused: another void took the event back already; an event is voided once at most. */
    record AlreadyVoid(EventVoid entry) implements VoidAnswer {}

    /** Refused: the id belongs to a void that says something else. */
    record IdTaken(EventVoid entry) implements VoidAnswer {}

    /** Refused: no such event is stored: it never was, is not shipped yet, or its month was dropped after its time. */
    record UnknownEvent(UUID eventId) implements VoidAnswer {}
}
