package cn.jingshu.marketplace.gate;

/** What the gate says of a call before the quota is asked. */
public sealed interface Judgement permits Admission.Refused, Passed {}
