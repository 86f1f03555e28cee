package cn.jingshu.marketplace.idempotency;

import java.util.UUID;

/**
 * One life of a node, from its start to its end, however that comes. A node that is started again has the same name and
 * another life: nothing of an earlier one runs any more, since only one process at a time has the node's journal open.
 *
 * @param nodeId of the usage journal
 * @param lifeId made for this start alone
 */
record NodeLife(String nodeId, UUID lifeId) {}
