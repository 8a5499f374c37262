/** Identifier octets of the universal types used here, as DER has them (X.690, 8.1.2 and 10.2). */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const

const CONSTRUCTED = 0x20
const CONTEXT_CLASS = 0x80
const UNIVERSAL_END = 0x1f

/** Tag [n] of the context class, around whole objects (EXPLICIT, or IMPLICIT of a SEQUENCE or SET). */
export function contextTag(n: number): number {
  return CONTEXT_CLASS | CONSTRUCTED | n
}

/** Whether there are objects inside. */
export function isConstructed(tag: number): boolean {
  return (tag & CONSTRUCTED) !== 0
}

/** Whether DER has this form of a universal type: only SEQUENCE and SET are constructed (X.690, 10.2). */
export function isDerForm(tag: number): boolean {
  if (tag > (CONSTRUCTED | UNIVERSAL_END)) return true
  const container = (tag | CONSTRUCTED) === TAG.sequence || (tag | CONSTRUCTED) === TAG.set
  return isConstructed(tag) === container
}
