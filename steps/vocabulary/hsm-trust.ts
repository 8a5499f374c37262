import assert from 'node:assert/strict'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { Given, Then, When } from '@cucumber/cucumber'
import type { PairAlgorithm } from '../../hardware/hsm/hierarchy/algorithms.ts'
import type { PairUsage } from '../../hardware/hsm/hierarchy/usages.ts'
import { checkCrl, issueCrl, parseCrl } from '../../protocols/cms/crl.ts'
import { AES_DUKPT } from '../../protocols/dukpt/aes.ts'
import { initialKeyHeader } from '../../protocols/onboarding/key-purposes.ts'
import { signRequestBy, verifyRequest } from '../../protocols/signatures/http-message.ts'
import { type CertificateContent, issueCertificate, issueRoot } from '../../protocols/x509/certificate.ts'
import { buildRequest, openRequest } from '../../protocols/x509/request.ts'
import type { Sign } from '../../protocols/x509/signature.ts'
import type { HsmDesk } from '../hsm/hsm-desk.ts'
import { RECEIVERS, TOKENS, Tr34Desk } from '../hsm/tr34-desk.ts'
import type { TapWorld } from '../world.ts'

const NOW = new Date('2026-06-01T00:00:00Z')
const VALIDITY = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2027-01-01T00:00:00Z') }
const LIST = { number: 1, thisUpdate: VALIDITY.notBefore, nextUpdate: VALIDITY.notAfter, revoked: [] }
const ID = Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 1)

/** Keys that nobody should certify. */
const WEAK: Readonly<Record<string, () => KeyObject>> = {
  'an RSA key of 1024 bits': () => generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey,
  'a key of secp256k1': () => generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey,
}

/** What an authority may be given in place of a certificate; `sign`: its signature for certificates. */
const OTHER_FORMS: Readonly<Record<string, (desk: HsmDesk, sign: Sign) => Promise<unknown>>> = {
  'a revocation list': async (desk, sign) => issueCrl({ certificate: await rootOf(desk, 'ca'), sign }, LIST),
  'a request for a certificate': ({ hsm }, sign) =>
    buildRequest({ subject: {}, publicKey: hsm.certificates.publicKey('ca') }, sign),
  text: (_, sign) => sign(Buffer.from('to be signed')),
  nothing: (_, sign) => sign(new Uint8Array()),
}

/** Desks of scenarios with parties of TR-34. */
const desks = new WeakMap<TapWorld, Tr34Desk>()

function tr34Of(world: TapWorld): Tr34Desk {
  const desk = desks.get(world)
  if (desk === undefined) throw new Error('expected a host and a receiver, there are none: begin with them')
  return desk
}

Given(
  'a {string} key pair {string} of {word}',
  async function (this: TapWorld, usage: string, label: string, algorithm: string) {
    const pair = { label, usage: usage as PairUsage, algorithm: algorithm as PairAlgorithm }
    await this.hsmDesk.hsm.generateKeyPair(pair)
  },
)

Given('an authority, a key distribution host and a receiver in the HSM', async function (this: TapWorld) {
  desks.set(this, await Tr34Desk.open(this.hsmDesk))
})

Given(
  'a payment HSM of its own that holds no key in the memory of its signers',
  async function (this: TapWorld) {
    await this.hsmDesk.openOwn({ clearAllowed: false })
  },
)

When(
  'authority {string} certifies key pair {string}',
  async function (this: TapWorld, authority: string, key: string) {
    const { hsmDesk } = this
    await hsmDesk.ask(() => certified(hsmDesk, authority, hsmDesk.hsm.certificates.publicKey(key)))
  },
)

When(
  /^authority "([^"]*)" certifies (an RSA key of 1024 bits|a key of secp256k1)$/,
  async function (this: TapWorld, authority: string, kind: string) {
    const { hsmDesk } = this
    const publicKey = WEAK[kind]?.() ?? assert.fail(kind)
    await hsmDesk.ask(() => certified(hsmDesk, authority, publicKey))
  },
)

When('authority {string} signs a revocation list', async function (this: TapWorld, key: string) {
  const { hsmDesk } = this
  const { certificates } = hsmDesk.hsm
  await hsmDesk.ask(async () => {
    // A pair that certifies nothing has no certificate of its own: its list is in the name of another.
    const authority = hsmDesk.record(key).usage === 'certificate authority' ? key : await namesake(hsmDesk)
    const certificate = await rootOf(hsmDesk, authority)
    const list = await issueCrl({ certificate, sign: certificates.signCrl(key) }, LIST)
    return checkCrl(parseCrl(list), certificate, NOW) === null
  })
})

When(
  'authority {string} is given {} to sign as a certificate',
  async function (this: TapWorld, key: string, what: string) {
    const { hsmDesk } = this
    const form = OTHER_FORMS[what] ?? assert.fail(what)
    await hsmDesk.ask(async () => {
      await form(hsmDesk, hsmDesk.hsm.certificates.signCertificate(key))
      return true
    })
  },
)

When('key pair {string} asks for a certificate', async function (this: TapWorld, key: string) {
  const { hsmDesk } = this
  const { certificates } = hsmDesk.hsm
  await hsmDesk.ask(async () => {
    const opened = openRequest(await certificates.signCsr({ key, subject: { commonName: 'Somebody' } }))
    return opened.valid && opened.value.publicKey.equals(certificates.publicKey(key))
  })
})

When('key pair {string} signs an HTTP request', async function (this: TapWorld, key: string) {
  const { hsm } = this.hsmDesk
  const publicKey = hsm.certificates.publicKey(key)
  const request = { method: 'POST', url: 'https://pos.example/payments', body: '{"amount":"1250"}' }
  const sign = (base: Uint8Array) => hsm.signRequest({ key, base })
  const identity = { keyId: key, publicKey, sign, created: NOW.getTime(), nonce: 'n-1' }
  await this.hsmDesk.ask(async () => {
    const headers = await signRequestBy(request, identity)
    return (await verifyRequest({ ...request, headers }, async () => publicKey)).verified
  })
})

When(
  'key pair {string} signs {string} as an HTTP request',
  async function (this: TapWorld, key: string, text: string) {
    const { hsmDesk } = this
    await hsmDesk.ask(() => hsmDesk.hsm.signRequest({ key, base: Buffer.from(text) }))
  },
)

When(
  /^key "([^"]*)" is sent to a terminal (.*)$/,
  async function (this: TapWorld, key: string, which: string) {
    const { hsmDesk } = this
    const desk = tr34Of(this)
    const changes = RECEIVERS[which] ?? assert.fail(which)
    const delivery = await desk.delivery(await changes(desk))
    await hsmDesk.ask(async () => desk.opened(await hsmDesk.hsm.tr34.exportKey({ key, ...delivery })))
    hsmDesk.expected = hsmDesk.values.get(key) ?? null
  },
)

When('the initial key under {string} is sent to a terminal', async function (this: TapWorld, base: string) {
  const { hsmDesk } = this
  const desk = tr34Of(this)
  const order = { base, id: ID, header: initialKeyHeader('PIN', AES_DUKPT, ID), ...(await desk.delivery()) }
  await hsmDesk.ask(async () => desk.opened(await hsmDesk.hsm.tr34.exportInitialKey(order)))
  hsmDesk.expected = AES_DUKPT.initialKey(hsmDesk.value(base), ID)
})

Then('the key is not sent because {string}', function (this: TapWorld, reason: string) {
  assert.equal(this.hsmDesk.takeAnswer(), reason)
})

When('the HSM gets a token', async function (this: TapWorld) {
  await this.hsmDesk.ask(() => tr34Of(this).receive({}))
})

When(/^the HSM gets a token (.+)$/, async function (this: TapWorld, which: string) {
  await this.hsmDesk.ask(() => tr34Of(this).receive(TOKENS[which] ?? assert.fail(which)))
})

Then('the HSM has the key of the token', async function (this: TapWorld) {
  const { hsmDesk } = this
  assert.equal(hsmDesk.takeAnswer(), null)
  const { kcv, exportable } = hsmDesk.record('received')
  assert.equal(kcv, hsmDesk.record('sent').kcv)
  assert.equal(exportable, false)
})

Then('the HSM does not take the token because {string}', function (this: TapWorld, reason: string) {
  assert.equal(this.hsmDesk.takeAnswer(), reason)
})

function contentOf(desk: HsmDesk, key: string): CertificateContent {
  return {
    ...VALIDITY,
    subject: { commonName: key },
    publicKey: desk.hsm.certificates.publicKey(key),
    serial: Uint8Array.of(1),
    usages: ['keyCertSign', 'cRLSign'],
    pathLength: 0,
  }
}

function rootOf(desk: HsmDesk, key: string) {
  return issueRoot(contentOf(desk, key), desk.hsm.certificates.signCertificate(key))
}

async function namesake(desk: HsmDesk): Promise<string> {
  await desk.hsm.generateKeyPair({ label: 'namesake', algorithm: 'ec-p256', usage: 'certificate authority' })
  return 'namesake'
}

/** Whether what the authority issues for a key is good. */
async function certified(desk: HsmDesk, authority: string, publicKey: KeyObject): Promise<boolean> {
  const root = await rootOf(desk, authority)
  const content = { ...contentOf(desk, authority), subject: { commonName: 'Somebody' }, publicKey }
  const { pathLength: _, ...terms } = { ...content, usages: ['digitalSignature'] as const }
  const sign = desk.hsm.certificates.signCertificate(authority)
  const certificate = await issueCertificate(terms, { certificate: root, sign })
  return (
    certificate.publicKey.equals(publicKey) &&
    certificate.checkIssued(root) &&
    certificate.verify(root.publicKey)
  )
}
