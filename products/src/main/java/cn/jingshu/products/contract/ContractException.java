package cn.jingshu.products.contract;

/** A contract that cannot be served: the message is one sentence that names the place and the mistake. */
public final class ContractException extends RuntimeException {
    ContractException(String message) {
        super(message);
    }
}
