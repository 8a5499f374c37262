import { fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import type { SecuredMembers } from '../../simulators/pos/secured-members.ts'

type Account = NonNullable<SecuredMembers['account']>
type Pin = NonNullable<SecuredMembers['pin']>

/** What may be wrong with what a terminal enciphered, in the words of scenarios; the request is signed after it. */
export const SECURED_CHANGES: Readonly<Record<string, (members: SecuredMembers) => SecuredMembers>> = {
  'a PIN block with one bit flipped': pin(({ pinBlock }) => ({ pinBlock: flipped(pinBlock, 5) })),
  'account data with a bit of the vector flipped': account(({ data }) => ({ data: flipped(data, 3) })),
  // The object 5A begins with tag and length: its eighth byte is in the first block behind the vector.
  'account data with a bit of the PAN flipped': account(({ data }) => ({ data: flipped(data, 7) })),
  'account data with the last bit flipped': account(({ data }) => ({ data: flipped(data, -1) })),
  'the key serial number of a later transaction': pin(({ ksn }) => ({
    ksn: ksn.slice(0, 16) + counter(Number.parseInt(ksn.slice(16), 16) + 1),
  })),
  'a key serial number whose counter is zero': pin(({ ksn }) => ({ ksn: ksn.slice(0, 16) + counter(0) })),
  'a key serial number whose counter has 17 ones': pin(({ ksn }) => ({
    ksn: ksn.slice(0, 16) + counter(0x1_ffff),
  })),
  'a key serial number of no terminal': pin(() => ({ ksn: `FFFFFFFFFFFFFFFF${counter(1)}` })),
  'the PIN under the SRED key': (members) => pin(() => ({ ksn: later(members.account) }))(members),
  'the account data under the PIN key': (members) => account(() => ({ ksn: later(members.pin) }))(members),
  'a PIN without account data': ({ account: _, ...members }) => members,
  'a PIN block of 15 bytes': pin(({ pinBlock }) => ({ pinBlock: pinBlock.slice(2) })),
  'a PIN block of format 3': pin(() => ({ format: 3 as 0 })),
  'a key serial number of 10 bytes': pin(({ ksn }) => ({ ksn: ksn.slice(4) })),
  'account data of half a block': account(({ data }) => ({ data: data.slice(16) })),
}

function pin(change: (pin: Pin) => Partial<Pin>): (members: SecuredMembers) => SecuredMembers {
  return (members) =>
    members.pin === undefined ? members : { ...members, pin: { ...members.pin, ...change(members.pin) } }
}

function account(
  change: (account: Account) => Partial<Account>,
): (members: SecuredMembers) => SecuredMembers {
  return (members) =>
    members.account === undefined
      ? members
      : { ...members, account: { ...members.account, ...change(members.account) } }
}

function flipped(hex: string, at: number): string {
  const bytes = fromHex(hex)
  const index = (at + bytes.length) % bytes.length
  return toHex(bytes.with(index, (bytes[index] ?? 0) ^ 1))
}

function counter(value: number): string {
  return value.toString(16).toUpperCase().padStart(8, '0')
}

/** The number after that one: it is not used yet. */
function later(member: { ksn: string } | undefined): string {
  const ksn = member?.ksn ?? ''
  return ksn.slice(0, 16) + counter(Number.parseInt(ksn.slice(16), 16) + 1)
}
