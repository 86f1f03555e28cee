package cn.jingshu.products.contract;

import cn.jingshu.products.spi.ProductFault;

/** A contract that cannot be served: the message is one sentence that names the place and the mistake. */
public final class ContractException extends ProductFault {
    ContractException(String message) {
        super(message);
    }
}
