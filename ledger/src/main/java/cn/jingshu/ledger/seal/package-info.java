/**
 * The append-only log over everything booked and metered (防篡改日志): its hashes, its signed checkpoints, and proofs that a leaf is
 * in it and that it only ever grew. Needs no database and no network, so that an auditor's desk runs the same code.
 */
@NullMarked
package cn.jingshu.ledger.seal;

import org.jspecify.annotations.NullMarked;
