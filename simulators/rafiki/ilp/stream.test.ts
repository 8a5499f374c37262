import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { deserializeIlpPrepare, serializeIlpFulfill, serializeIlpReject } from 'ilp-packet'
import { fromHex, toHex } from '../../../protocols/bytes/bytes.ts'
import { uuid } from '../../common/uuid.ts'
import { CredentialIssuer } from './credentials.ts'
import { receive, rejectOf } from './receiver.ts'
import { StreamSender } from './sender.ts'
import { conditionOf, fulfilmentOf, seal, streamKeys, unseal } from './stream-crypto.ts'
import { decodeStreamPacket, encodeStreamPacket, ILP_TYPE, readStreamPacket } from './stream-packet.ts'

// Packets, keys and envelope as ilp-protocol-stream writes them.
const one = { streamId: 1n, shares: 1n }
const PACKETS = [
  {
    packet: { ilpType: ILP_TYPE.prepare, sequence: 1n, amount: 495n, money: [one] },
    hex: '010c01010201ef0101110401010101',
  },
  {
    packet: { ilpType: ILP_TYPE.fulfill, sequence: 300n, amount: 18446744073709551615n, money: [] },
    hex: '010d02012c08ffffffffffffffff0100',
  },
  {
    packet: {
      ilpType: ILP_TYPE.prepare,
      sequence: 70000n,
      amount: 0n,
      money: [one, { streamId: 300n, shares: 4294967296n }],
    },
    hex: '010c0301117001000102110401010101110902012c050100000000',
  },
  {
    packet: { ilpType: ILP_TYPE.reject, sequence: 9n, amount: 0n, money: [] },
    hex: '010e010901000100',
  },
]

test('packets are written as the reference implementation writes them, and read back', () => {
  for (const { packet, hex } of PACKETS) {
    assert.equal(toHex(encodeStreamPacket(packet)).toLowerCase(), hex)
    assert.deepEqual(decodeStreamPacket(fromHex(hex)), packet)
  }
})

test('frames of other kinds and padding are passed over', () => {
  const address = `746573742e73656e6465722e${'78'.repeat(120)}`
  const hex = `010c0102010a0104 02 818681 84${address} 0705034555520211 0401010101 01020100 000000`
  const { money, sequence } = decodeStreamPacket(fromHex(hex.replaceAll(' ', '')))
  assert.deepEqual([sequence, money], [2n, [one]])
})

test('other versions, other packet types and packets that end too early are refused', () => {
  const cases = [
    '',
    '02',
    '020c0101010101 00',
    '010f010101010100',
    '010c0101',
    '010c01010201ef0101110501010101',
  ]
  for (const hex of cases) assert.throws(() => decodeStreamPacket(fromHex(hex)), RangeError, hex)
})

test('any bytes are either read or refused with a RangeError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (octets) => {
      const packet = readStreamPacket(octets)
      assert.ok(packet === null || packet.ilpType >= 12)
    }),
  )
})

test('packets round trip', () => {
  const uint = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
  const money = fc.array(fc.record({ streamId: uint, shares: uint }, { noNullPrototype: true }), {
    maxLength: 4,
  })
  const ilpType = fc.constantFrom(...Object.values(ILP_TYPE))
  fc.assert(
    fc.property(
      fc.record({ ilpType, sequence: uint, amount: uint, money }, { noNullPrototype: true }),
      (packet) => {
        assert.deepEqual(decodeStreamPacket(encodeStreamPacket(packet)), packet)
      },
    ),
  )
})

const SECRET = Uint8Array.from({ length: 32 }, (_, index) => index)

test('keys, fulfilment and condition follow from the shared secret as in the reference implementation', () => {
  const keys = streamKeys(SECRET)
  const fulfilment = fulfilmentOf(keys, Buffer.from('hello'))
  const got = [keys.encryption, keys.fulfilment, fulfilment, conditionOf(fulfilment)].map(toHex)
  assert.deepEqual(
    got.map((hex) => hex.toLowerCase()),
    [
      '86926a93b5d853c1f71309d3180a3d34f835509c499ae6c7134bafcc127f04cf',
      '040b878b96ebfb6bcbc0fb02baabe8602649cff00be7cfbc0d8135cc905230a8',
      '98016253e9fa69921540607260d6ee7f82d4829bfeb8ab5bed958cd74e69d094',
      '6471bedb8f6ec91df5a3730b909b2c968292f8c17a0462bd24e3d973fc11df6e',
    ],
  )
})

test('an envelope of the reference implementation, padded to 100 bytes, opens', () => {
  const envelope = fromHex(
    '825c968db7c0ad4be4cecfd36b81f7e73286a15270972af2dc9c11fdaf884da08b01e94dc07ff7126c39cc5ce7c1da73bed2290097aaa7d97a70c6ef6b43c332f7c07cc614d8225a55317518fefd383a19575576dd715efdbf025475e01e1775f7f3fcca',
  )
  const plain = unseal(streamKeys(SECRET).encryption, envelope)
  assert.deepEqual(decodeStreamPacket(plain ?? new Uint8Array()), PACKETS[0]?.packet)
})

test('an envelope that is short, changed, or made with another key does not open', () => {
  const { encryption, fulfilment } = streamKeys(SECRET)
  const envelope = seal(encryption, new Uint8Array(12), Uint8Array.of(1, 2, 3))
  const changed = Uint8Array.from(envelope, (byte, index) => (index === 30 ? byte ^ 1 : byte))
  assert.equal(unseal(encryption, envelope.subarray(0, 20)), null)
  assert.equal(unseal(encryption, changed), null)
  assert.equal(unseal(fulfilment, envelope), null)
  assert.deepEqual(unseal(encryption, envelope), Uint8Array.of(1, 2, 3))
})

const random = (length: number): Uint8Array => randomBytes(length)

test('an address belongs to the issuer that made it, and leads to its payment', () => {
  const issuer = new CredentialIssuer('test.shop', SECRET)
  const id = uuid(random)
  const { ilpAddress, sharedSecret } = issuer.issue(id)
  assert.match(ilpAddress, /^test\.shop\.[A-Za-z0-9_-]{22}$/)
  assert.deepEqual(issuer.find(ilpAddress), { paymentId: id, sharedSecret })
  for (const other of ['test.shop', 'test.shop.abc', `${ilpAddress}.x`, ilpAddress.replace('shop', 'shops')])
    assert.equal(issuer.find(other), null, other)
  assert.notDeepEqual(new CredentialIssuer('test.shop', random(32)).issue(id).sharedSecret, sharedSecret)
})

test('a sender takes a fulfilment only with proof of the amount', async () => {
  const credentials = { ilpAddress: 'test.shop.x', sharedSecret: SECRET }
  const expiresAt = () => new Date(Date.UTC(2026, 0, 1))
  const through = (arrives: (amount: bigint) => bigint, spoil: (data: Buffer) => Buffer = (data) => data) =>
    new StreamSender({
      credentials,
      random,
      expiresAt,
      carry: async (octets) => {
        const prepare = deserializeIlpPrepare(Buffer.from(octets))
        const result = receive(prepare, arrives(BigInt(prepare.amount)), SECRET, random)
        if (!('fulfill' in result)) return serializeIlpReject(rejectOf(result, 'test.shop'))
        return serializeIlpFulfill({ ...result.fulfill, data: spoil(result.fulfill.data) })
      },
    }).send({ source: 500n, leastDelivered: 495n })
  assert.deepEqual(await through((amount) => amount), { fulfilled: true, delivered: 500n })
  assert.deepEqual(await through((amount) => amount - 5n), { fulfilled: true, delivered: 495n })
  assert.equal((await through((amount) => amount - 6n)).fulfilled, false)
  const unproven = await through(
    (amount) => amount,
    () => Buffer.alloc(40),
  )
  assert.deepEqual(unproven, {
    fulfilled: false,
    code: 'protocol',
    message: 'fulfilled without proof of the amount',
  })
})
