package cn.jingshu.ledger.verify;

/** In which a report is printed. */
public enum Language {
    ZH,
    EN
}
