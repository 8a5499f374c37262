import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'
import { describe, it } from 'node:test'
import { type SignedRequest, signRequest, verifyRequest } from './http-message.ts'

const keys = {
  ed25519: generateKeyPairSync('ed25519'),
  'p-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }),
}
const ed = keys.ed25519
const CREATED = Date.UTC(2026, 10, 21, 12, 0, 0)
const REQUEST = {
  method: 'POST',
  url: 'https://pos.example/payments?a=1',
  body: '{"amount":"1250","text":"é"}',
}

async function signed(pair = ed, created = CREATED): Promise<SignedRequest> {
  const headers = await signRequest(REQUEST, {
    keyId: 'term-1',
    privateKey: pair.privateKey,
    created,
    nonce: 'n-1',
  })
  return { ...REQUEST, headers }
}

const known = (key: KeyObject) => async (keyId: string) => (keyId === 'term-1' ? key : null)

/** Makes a signature header pair without the library, for cases it would not make. */
function byHand(input: string, lines: readonly string[], body = REQUEST.body): Record<string, string> {
  const base = [...lines, `"@signature-params": ${input}`].join('\n')
  const signature = sign(null, Buffer.from(base), ed.privateKey).toString('base64')
  return { ...contentHeaders(body), 'signature-input': `sig=${input}`, signature: `sig=:${signature}:` }
}

function contentHeaders(body: string, hash = 'sha256', name = 'sha-256'): Record<string, string> {
  return {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    'content-digest': `${name}=:${createHash(hash).update(body).digest('base64')}:`,
  }
}

const COMPONENTS = '"@method" "@target-uri" "content-type" "content-digest" "content-length"'
const SECONDS = CREATED / 1000
const PARAMS = `created=${SECONDS};keyid="term-1";alg="ed25519";nonce="n-1"`

function linesOf(headers: Record<string, string>): string[] {
  return [
    '"@method": POST',
    `"@target-uri": ${REQUEST.url}`,
    `"content-type": ${headers['content-type']}`,
    `"content-digest": ${headers['content-digest']}`,
    `"content-length": ${headers['content-length']}`,
  ]
}

describe('HTTP message signatures (RFC 9421)', () => {
  for (const [name, pair] of Object.entries(keys)) {
    it(`round trip with ${name}, whatever the machine's clock says`, async () => {
      for (const created of [1000, CREATED, Date.UTC(2099, 0, 1)]) {
        const verdict = await verifyRequest(await signed(pair, created), known(pair.publicKey))
        assert.deepEqual(verdict, { verified: true, keyId: 'term-1', nonce: 'n-1', created, expires: null })
      }
    })
  }

  it('signs the base that RFC 9421, 2.5 describes', async () => {
    const { headers } = await signed()
    const input = `(${COMPONENTS});${PARAMS}`
    assert.equal(headers['signature-input'], `sig=${input}`)
    const base = [...linesOf(contentHeaders(REQUEST.body)), `"@signature-params": ${input}`].join('\n')
    const signature = Buffer.from(String(headers.signature).slice(5, -1), 'base64')
    assert.ok(verify(null, Buffer.from(base), ed.publicKey, signature))
    assert.deepEqual(Object.keys(headers).sort(), [
      'content-digest',
      'content-length',
      'content-type',
      'signature',
      'signature-input',
    ])
  })

  const accepted: Record<string, Record<string, string>> = {
    'made by hand': byHand(`(${COMPONENTS});${PARAMS}`, linesOf(contentHeaders(REQUEST.body))),
    'in another order, with one component more': byHand(
      `("content-length" "content-digest" "content-type" "@target-uri" "@method" "@authority");${PARAMS}`,
      [...linesOf(contentHeaders(REQUEST.body)).reverse(), '"@authority": pos.example'],
    ),
  }
  for (const [name, headers] of Object.entries(accepted)) {
    it(`takes a signature ${name}`, async () => {
      assert.equal((await verifyRequest({ ...REQUEST, headers }, known(ed.publicKey))).verified, true)
    })
  }

  it('takes sha-512, and both digests together', async () => {
    const sha512 = contentHeaders(REQUEST.body, 'sha512', 'sha-512')
    const both = {
      ...sha512,
      'content-digest': `${contentHeaders(REQUEST.body)['content-digest']}, ${sha512['content-digest']}`,
    }
    for (const content of [sha512, both]) {
      const headers = { ...byHand(`(${COMPONENTS});${PARAMS}`, linesOf(content)), ...content }
      assert.equal((await verifyRequest({ ...REQUEST, headers }, known(ed.publicKey))).verified, true)
    }
  })

  it('takes header names in any case and values in lists', async () => {
    const { headers } = await signed()
    const shouted = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toUpperCase(), [String(value)]]),
    )
    const verdict = await verifyRequest(
      { ...REQUEST, headers: { ...shouted, host: undefined } },
      known(ed.publicKey),
    )
    assert.equal(verdict.verified, true)
  })

  it('hands back `expires` and does not judge it', async () => {
    const headers = byHand(`(${COMPONENTS});${PARAMS};expires=5`, linesOf(contentHeaders(REQUEST.body)))
    const verdict = await verifyRequest({ ...REQUEST, headers }, known(ed.publicKey))
    assert.deepEqual(verdict.verified && verdict.expires, 5000)
  })

  const without = (request: SignedRequest, ...names: string[]): SignedRequest => ({
    ...request,
    headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => !names.includes(name))),
  })
  const withHeader = (request: SignedRequest, name: string, value: string): SignedRequest => ({
    ...request,
    headers: { ...request.headers, [name]: value },
  })
  const flipped = (header: unknown) =>
    String(header).replace(/:(.)/, (_, first) => (first === 'A' ? ':B' : ':A'))
  const base = linesOf(contentHeaders(REQUEST.body))
  const made = (input: string, lines = base) => ({ ...REQUEST, headers: byHand(input, lines) })

  const refused: [string, string, (request: SignedRequest) => SignedRequest][] = [
    ['no signature', 'missing', (r) => without(r, 'signature', 'signature-input')],
    ['no signature header', 'malformed', (r) => without(r, 'signature')],
    ['no signature-input header', 'malformed', (r) => without(r, 'signature-input')],
    ['signature that is no structured field', 'malformed', (r) => withHeader(r, 'signature', '\u0000{')],
    ['signature that is no byte sequence', 'malformed', (r) => withHeader(r, 'signature', 'sig="abc"')],
    ['signature-input that is no list', 'malformed', (r) => withHeader(r, 'signature-input', 'sig=1')],
    ['signature under another label', 'malformed', (r) => withHeader(r, 'signature', 'other=:AAAA:')],
    ['a covered header that is not there', 'malformed', (r) => without(r, 'content-length')],
    [
      'two signatures, the second one good',
      'malformed',
      (r) => ({
        ...r,
        headers: {
          ...r.headers,
          'signature-input': `a=${String(r.headers['signature-input']).slice(4)}, ${r.headers['signature-input']}`,
          signature: `a=:AAAA:, ${r.headers.signature}`,
        },
      }),
    ],
    [
      'a component named twice',
      'malformed',
      () => made(`(${COMPONENTS} "@method");${PARAMS}`, [...base, '"@method": POST']),
    ],
    [
      'a keyid that is no text',
      'malformed',
      () => made(`(${COMPONENTS});${PARAMS.replace('"term-1"', '7')}`),
    ],
    ['a nonce that is no text', 'malformed', () => made(`(${COMPONENTS});${PARAMS.replace('"n-1"', '7')}`)],
    [
      'created that is no moment',
      'malformed',
      () => made(`(${COMPONENTS});${PARAMS.replace(`${SECONDS}`, '"x"')}`),
    ],
    ['expires that is no moment', 'malformed', () => made(`(${COMPONENTS});${PARAMS};expires="x"`)],
    ...['created', 'keyid', 'alg', 'nonce'].map((name): [string, string, () => SignedRequest] => [
      `${name} not covered`,
      'incomplete',
      () =>
        made(
          `(${COMPONENTS});${PARAMS.split(';')
            .filter((part) => !part.startsWith(name))
            .join(';')}`,
        ),
    ]),
    ...COMPONENTS.split(' ').map((name): [string, string, () => SignedRequest] => [
      `${name} not covered`,
      'incomplete',
      () =>
        made(
          `(${COMPONENTS.split(' ')
            .filter((other) => other !== name)
            .join(' ')});${PARAMS}`,
          base.filter((line) => !line.startsWith(name)),
        ),
    ]),
    [
      'content-digest covered in part only',
      'incomplete',
      () => made(`(${COMPONENTS.replace('"content-digest"', '"content-digest";bs')});${PARAMS}`, base),
    ],
    ['a key nobody has', 'unknown_key', () => made(`(${COMPONENTS});${PARAMS.replace('term-1', 'term-2')}`)],
    ['another body of the same length', 'digest', (r) => ({ ...r, body: r.body.replace('1250', '9250') })],
    ['a longer body', 'digest', (r) => ({ ...r, body: `${r.body} ` })],
    [
      'a digest of an unknown kind only',
      'digest',
      (r) => withHeader(r, 'content-digest', 'constructor=:AAAA:'),
    ],
    [
      'one wrong digest beside a right one',
      'digest',
      (r) => withHeader(r, 'content-digest', `${r.headers['content-digest']}, sha-512=:AAAA:`),
    ],
    ['another method', 'signature', (r) => ({ ...r, method: 'PUT' })],
    ['another target', 'signature', (r) => ({ ...r, url: 'https://pos.example/payments?a=2' })],
    ['another content type', 'signature', (r) => withHeader(r, 'content-type', 'text/plain')],
    ['another signature', 'signature', (r) => withHeader(r, 'signature', flipped(r.headers.signature))],
    ['a short signature', 'signature', (r) => withHeader(r, 'signature', 'sig=:AAAA:')],
    [
      'another nonce',
      'signature',
      (r) => withHeader(r, 'signature-input', String(r.headers['signature-input']).replace('n-1', 'n-2')),
    ],
    [
      'another moment',
      'signature',
      (r) =>
        withHeader(
          r,
          'signature-input',
          String(r.headers['signature-input']).replace(`${SECONDS}`, `${SECONDS + 1}`),
        ),
    ],
    [
      'the name of another algorithm',
      'signature',
      () => made(`(${COMPONENTS});${PARAMS.replace('ed25519', 'hmac-sha256')}`),
    ],
  ]
  for (const [name, reason, change] of refused) {
    it(`refuses ${name}: ${reason}`, async () => {
      const verdict = await verifyRequest(change(await signed()), known(ed.publicKey))
      assert.equal(verdict.verified ? 'verified' : verdict.reason, reason)
    })
  }

  it('binds the algorithm to the kind of key', async () => {
    const request = await signed(keys['p-256'])
    const verdict = await verifyRequest(request, known(ed.publicKey))
    assert.deepEqual(verdict, { verified: false, reason: 'signature', keyId: 'term-1' })
  })

  it('throws for what broke: a key store, a kind of key, a moment', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const down = async () => {
      throw new Error('store is down')
    }
    await assert.rejects(verifyRequest(await signed(), down), /store is down/)
    await assert.rejects(
      verifyRequest(await signed(), known(rsa.publicKey)),
      /expected an Ed25519 or P-256 key, got rsa/,
    )
    await assert.rejects(signed(rsa), TypeError)
    await assert.rejects(signed(ed, 0), RangeError)
  })
})
