package cn.jingshu.metering.journal;

/** A usage journal could not do what was asked; each kind says whose turn it is to act. */
public abstract sealed class JournalException extends RuntimeException
        permits JournalBrokenException,
                JournalClosedException,
                JournalCorruptException,
                JournalFullException,
                JournalInUseException {

    /** @param traced false where the exception is an everyday answer under load and its stack trace would only cost */
    JournalException(String message, Throwable cause, boolean traced) {
        super(message, cause, traced, traced);
    }

    JournalException(String message, boolean traced) {
        super(message, null, traced, traced);
    }
}
