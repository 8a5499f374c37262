import {
  constants,
  generateKeyPairSync,
  type KeyObject,
  privateDecrypt,
  type X509Certificate,
} from 'node:crypto'
import type { SealedKey } from '../../hardware/hsm/keys/sealed-key.ts'
import { type Tr34Parties, tr34Parties } from '../../hardware/hsm/test-support/tr34-parties.ts'
import type { Delivery, ImportTr34, SentKey } from '../../hardware/hsm/tr34.ts'
import { systemClock } from '../../protocols/clock/system-clock.ts'
import { openKeyToken } from '../../protocols/keyblock/tr34/key-token.ts'
import { testHolder, testRoot } from '../../protocols/x509/testing/authority.ts'
import { testKeys } from '../../simulators/common/testing/test-keys.ts'
import type { HsmDesk } from './hsm-desk.ts'

type Changes<Thing> = (desk: Tr34Desk) => Promise<Partial<Thing>> | Partial<Thing>

const NONCE = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)
const OTHER_NONCE = NONCE.toReversed()
const HOUR = 60 * 60 * 1000

/** Of each HSM that scenarios share, with the keys that each scenario finds again: pairs of RSA take long to make. */
const known = new WeakMap<HsmDesk['hsm'], { parties: Tr34Parties; keys: readonly SealedKey[] }>()

/** How a key may go to a terminal, in the words of scenarios. */
export const RECEIVERS: Readonly<Record<string, Changes<Delivery>>> = {
  'in two passes': () => ({ freshness: { randomNumber: NONCE } }),
  'in one pass': ({ now }) => ({ freshness: { signingTime: new Date(now) } }),
  'that was revoked': async ({ parties, terminal }) => ({ crls: [await parties.revoking(terminal)] }),
  'that was certified for signing': ({ parties, key }) =>
    parties.certify('POS', key, { usages: ['digitalSignature'] }).then(toTerminal(parties)),
  'whose certificate has expired': ({ parties, key, now }) =>
    parties.certify('POS', key, { notAfter: new Date(now - HOUR) }).then(toTerminal(parties)),
  'whose key has 1024 bits': ({ parties }) =>
    forged(parties, generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey).then(({ certificate }) =>
      toTerminal(parties)(certificate),
    ),
  'that another authority certified in our name': ({ parties, key }) =>
    forged(parties, key).then(({ certificate }) => toTerminal(parties)(certificate)),
  'with an authority of its own': async ({ parties, key }) => {
    const { certificate, issuer } = await forged(parties, key)
    return { krd: { certificate, issuers: [issuer], authority: 'ca' } }
  },
}

/** Tokens that may come: the key that is sent, how it is sent, what is done to it, and what the receiver expects. */
interface Coming {
  readonly key?: string
  readonly delivery?: Changes<Delivery>
  readonly altered?: (token: Uint8Array) => Uint8Array
  readonly expected?: Changes<ImportTr34>
}

export const TOKENS: Readonly<Record<string, Coming>> = {
  'for another receiver': { delivery: ({ parties, terminal }) => ({ krd: parties.trusted(terminal) }) },
  'that answers another random number': { delivery: () => ({ freshness: { randomNumber: OTHER_NONCE } }) },
  'with a flipped bit': { altered: (token) => token.with(-1, (token.at(-1) ?? 0) ^ 1) },
  'of another host': {
    expected: async ({ parties, key }) => ({ kdh: parties.trusted(await parties.certify('KDH', key)) }),
  },
  'without a revocation list': { delivery: () => ({ crls: [] }) },
  'of a host that was revoked': {
    delivery: async ({ parties }) => ({ crls: [await parties.revoking(parties.host)] }),
  },
  'with another kind of key': { key: 'other' },
}

/** A scenario's host, receiver and authority in the HSM, and a terminal in software. */
export class Tr34Desk {
  readonly parties: Tr34Parties
  readonly terminal: X509Certificate
  readonly now: number
  /** The terminal's public key. */
  readonly key = testKeys('device-1').publicKey
  readonly #desk: HsmDesk

  private constructor(desk: HsmDesk, parties: Tr34Parties, terminal: X509Certificate, now: number) {
    this.#desk = desk
    this.parties = parties
    this.terminal = terminal
    this.now = now
  }

  static async open(desk: HsmDesk): Promise<Tr34Desk> {
    // The clock of the HSM that scenarios share.
    const now = systemClock.now()
    const parties = await partiesOf(desk, now)
    const terminal = await parties.certify('POS', testKeys('device-1').publicKey)
    return new Tr34Desk(desk, parties, terminal, now)
  }

  /** Where a key goes unless said otherwise. */
  async delivery(changes: Partial<Delivery> = {}): Promise<Delivery> {
    const { parties, terminal } = this
    return {
      kdh: { key: 'kdh', certificate: parties.host },
      krd: parties.trusted(terminal),
      freshness: { randomNumber: NONCE },
      crls: [await parties.revoking()],
      ...changes,
    }
  }

  /** What the terminal finds in a token: the key, or the reason that it was not sent for. */
  opened(sent: SentKey): Uint8Array | string {
    if (!sent.ok) return sent.reason
    const { parties, terminal, now } = this
    const key = { key: testKeys('device-1').privateKey, padding: constants.RSA_NO_PADDING }
    const krd = {
      certificate: terminal,
      decrypt: (block: Uint8Array) => new Uint8Array(privateDecrypt(key, block)),
    }
    const trust = { issuers: [parties.ca.certificate], at: new Date(now), crl: 'required' } as const
    const open = (freshness: Parameters<typeof openKeyToken>[3]) =>
      openKeyToken(sent.token, krd, { kdh: parties.host, trust }, freshness)
    const [two, one] = [open({ randomNumber: NONCE }), open({ after: null })]
    const read = two.valid ? two : one
    if (!read.valid) throw new Error(`expected a token that the terminal opens, got ${read.detail}`)
    return read.value.key
  }

  /** The HSM sends itself a key and takes it as "received"; null, or the reason why it does not. */
  async receive({
    key = 'sent',
    delivery,
    altered = (token) => token,
    expected,
  }: Coming): Promise<string | null> {
    const { parties } = this
    const { hsm } = this.#desk
    for (const [label, usage] of [
      ['sent', 'PIN working'],
      ['other', 'data'],
    ] as const)
      await hsm.generateKey({ label, usage, algorithm: 'aes-128', exportable: true })
    const changes = { krd: parties.trusted(parties.receiver), ...(await delivery?.(this)) }
    const sent = await hsm.tr34.exportKey({ key, ...(await this.delivery(changes)) })
    if (!sent.ok) throw new Error(`expected a token, got ${sent.detail}`)
    const taken = await hsm.tr34.importKey({
      label: 'received',
      usage: 'PIN working',
      krd: { key: 'krd', certificate: parties.receiver },
      kdh: parties.trusted(parties.host),
      freshness: { randomNumber: NONCE },
      token: altered(sent.token),
      ...(await expected?.(this)),
    })
    return taken.ok ? null : taken.reason
  }
}

async function partiesOf({ hsm, place: { keys } }: HsmDesk, now: number): Promise<Tr34Parties> {
  const made = known.get(hsm)
  for (const key of made?.keys ?? []) await keys.put(key)
  if (made !== undefined) return made.parties
  const parties = await tr34Parties(hsm, now)
  const own = ['ca', 'kdh', 'krd']
  known.set(hsm, { parties, keys: keys.list().filter(({ record }) => own.includes(record.label)) })
  return parties
}

function toTerminal(parties: Tr34Parties) {
  return (certificate: X509Certificate): Partial<Delivery> => ({ krd: parties.trusted(certificate) })
}

/** A certificate of an authority with the name of ours and another key. */
async function forged({ ca }: Tr34Parties, publicKey: KeyObject) {
  const { validFromDate: notBefore, validToDate: notAfter } = ca.certificate
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const root = await testRoot(keys, { subject: { commonName: 'CA' }, notBefore, notAfter })
  const certificate = await testHolder(root, publicKey, { usages: ['keyEncipherment'], notBefore, notAfter })
  return { certificate, issuer: root.certificate }
}
