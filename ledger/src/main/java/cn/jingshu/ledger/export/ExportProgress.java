package cn.jingshu.ledger.export;

/** Told how far an export has come, for whoever watches. */
public interface ExportProgress {
    /** Tells nobody. */
    ExportProgress SILENT = new ExportProgress() {
        @Override
        public void fileBegins(String name, int number, int files) {}

        @Override
        public void entryWritten() {}
    };

    /** @param number of the file, from 1 to {@code files} */
    void fileBegins(String name, int number, int files);

    /** One entry of the books went into the file. */
    void entryWritten();
}
