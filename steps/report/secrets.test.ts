import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findSecrets, type Secret } from './secrets.ts'

// Published test values: a card number of the card schemes' documentation and the AES key of FIPS 197, Appendix B.
const PAN = '4111111111111111'
const KEY: Secret = { name: 'card key', bytes: Buffer.from('2B7E151628AED2A6ABF7158809CF4F3C', 'hex') }
const bytes = Buffer.from('2B7E151628AED2A6ABF7158809CF4F3C', 'hex')

const forms = (content: string | Uint8Array, secrets: readonly Secret[] = []) => [
  ...new Set(findSecrets(content, secrets).map(({ name, form }) => `${name}: ${form}`)),
]

const KEYS: [name: string, content: string | Uint8Array, form: string][] = [
  ['raw', Buffer.concat([Buffer.from('é{'), bytes, Buffer.from('}')]), 'raw bytes'],
  ['upper-case hex', '00112B7E151628AED2A6ABF7158809CF4F3CFF', 'hex'],
  ['lower-case hex', 'key=2b7e151628aed2a6abf7158809cf4f3c', 'hex'],
  ['hex with blanks', '2B 7E 15 16 28 AE D2 A6 AB F7 15 88 09 CF 4F 3C', 'hex'],
  ['hex with colons', '2b:7e:15:16:28:ae:d2:a6:ab:f7:15:88:09:cf:4f:3c', 'hex'],
  ['JSON of a Buffer', JSON.stringify(bytes), 'list of numbers'],
  ['JSON of a typed array', JSON.stringify(new Uint8Array(bytes)), 'typed array'],
]

for (const [name, content, form] of KEYS)
  test(`a known key is found: ${name}`, () => assert.deepEqual(forms(content, [KEY]), [`card key: ${form}`]))

for (const before of [0, 1, 2, 3])
  for (const after of [0, 1, 2])
    for (const encoding of ['base64', 'base64url'] as const)
      test(`a known key is found in ${encoding}, ${before} bytes before it and ${after} after it`, () => {
        const content = Buffer.concat([Buffer.alloc(before, 0xa5), bytes, Buffer.alloc(after, 0x5a)])
        assert.notDeepEqual(findSecrets(`"${content.toString(encoding)}"`, [KEY]), [])
      })

const PANS: [name: string, content: string, form: string][] = [
  ['digits', `{"pan":"${PAN}"}`, 'digits'],
  ['digits at the ends of the text', PAN, 'digits'],
  ['groups', 'card 4111 1111 1111 1111 was', 'grouped digits'],
  ['groups with hyphens', '4111-1111-1111-1111', 'grouped digits'],
  ['record with 5A', '70125A0841111111111111115F24032812319000', 'hex, tag 5A'],
  ['record with 5A of an odd number of digits', '5A0A6011000990139424F', 'hex, tag 5A'],
  ['record that ends with 5A', '700A5A0841111111111111119000', 'hex, tag 5A'],
  ['record with 5A before other tags', '5A0841111111111111119F070200808E025F00', 'hex, tag 5A'],
  ['record cut after 5A', '{"response":"70475A084111111111111111"}', 'hex, tag 5A'],
  ['track 2 equivalent data', '57114111111111111111D28122010000000000', 'hex, tag 57'],
  ['record with blanks', '5a 08 41 11 11 11 11 11 11 11', 'hex, tag 5A'],
]

for (const [name, content, form] of PANS)
  test(`an unknown PAN is found: ${name}`, () =>
    assert.ok(forms(content).includes(`PAN: ${form}`), String(forms(content))))

const known: Secret = { name: 'the PAN', digits: PAN }
const KNOWN_PANS: [name: string, content: string, form: string][] = [
  ['inside other digits', `99${PAN}99`, 'digits'],
  ['as ASCII in hex', Buffer.from(PAN).toString('hex'), 'hex'],
  ['as ASCII in base64', Buffer.from(`PAN ${PAN}`).toString('base64'), 'base64'],
  ['as BCD in base64', Buffer.from(`5A08${PAN}`, 'hex').toString('base64'), 'base64'],
]

for (const [name, content, form] of KNOWN_PANS)
  test(`a known PAN is found ${name}`, () => assert.ok(forms(content, [known]).includes(`the PAN: ${form}`)))

const INNOCENT: [name: string, content: string][] = [
  ['truncated PAN', '41111111****1111, 5A0841111111****1111'],
  ['a record whose PAN is truncated', '7047571154133300****0434D4912201**'],
  ['the same in pairs', '70 47 57 11 54 13 33 00 ** ** 04 34 D4 91 22 01 **'],
  ['digits that fail the Luhn check', '4111111111111112'],
  ['a time in milliseconds that passes it', '1754820000007 1754820000015 1754820000023 1754820000031'],
  ['decimals of a duration', '0.4111111111111111'],
  ['a UUID of digits', '12345678-4111-1111-1111-111111111111'],
  ['a longer number', '94111111111111111111119'],
  ['hex that holds the digits', 'AB4111111111111111CD'],
  ['a cryptogram of digits', `{"signature":"${PAN}","payload":"7714 9F2608${PAN}"}`],
  ['a cryptogram of digits that was changed', `{\\"signature\\":\\"${PAN}\\",\\"payload\\":\\"7714\\"}`],
  ['the same in HTML', `&quot;signature&quot;: &quot;${PAN}&quot;`],
  ['the id of a span', `traceparent: 00-9017f19a38f24d25${PAN}-${PAN}-01`],
  [
    'a cryptogram of digits in pairs',
    '<code>77 0B 9F 26 08 41 11 11 11 11 11 11 11</code> <b>41 11 11 11 11 11 11 11</b>',
  ],
  ['a ciphertext in which 5A, 08 and digits come by chance', 'C35A084111111111111111C1F0'],
  ['the same with a padding', 'C35A0A4111111111111111110FD1F0'],
  ['a ciphertext in which 57 and digits come by chance', 'C357114111111111111111D7344A1'],
  ['another key', 'AB7E151628AED2A6ABF7158809CF4F3C'],
]

for (const [name, content] of INNOCENT)
  test(`nothing is found in ${name}`, () => assert.deepEqual(findSecrets(content, [KEY]), []))

test('a finding says where it is, in bytes, and does not repeat the secret', () => {
  const findings = findSecrets(`é ${PAN}`, [])
  assert.deepEqual(findings, [{ name: 'PAN', form: 'digits', offset: 3 }])
})

test('a secret too short to be told from chance is refused', () => {
  assert.throws(() => findSecrets('', [{ name: 'short', bytes: new Uint8Array(3) }]), RangeError)
  assert.throws(() => findSecrets('', [{ name: 'short', digits: '1234' }]), RangeError)
})
