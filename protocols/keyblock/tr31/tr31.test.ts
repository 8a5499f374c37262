import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import file from '../../../fixtures/vectors/tr31.json' with { type: 'json' }
import { fromHex, toHex } from '../../bytes/bytes.ts'
import { checkValueBlock } from './check-values.ts'
import { ALGORITHMS, goTogether, MODES, USAGES } from './codes.ts'
import { blockKeys } from './derivation.ts'
import { buildHeader, type KeyBlockHeader } from './header.ts'
import { parseHeader, protect, unwrapKey, wrapKey } from './key-block.ts'
import { OPTIONAL_BLOCKS, type OptionalBlock } from './optional-blocks.ts'
import { TR31_REASONS, type Tr31Reason } from './reasons.ts'
import { VERSIONS, type VersionId } from './versions.ts'

interface Vector {
  id: string
  kind: string
  kbpk: string
  keyBlock: string
  header: string
  optionalBlocks?: OptionalBlock[]
  keyUsage: string
  algorithm: string
  modeOfUse: string
  keyVersion: string
  exportability: string
  keyLengthBits: number
  key: string
  padding: string
  mac: string
  kbek: string
  kbak: string
  versions: string
  reason: string
}

/** Genuine blocks of the vectors that X9.143 would not have; everything else must be regular. */
const IRREGULAR: Readonly<Record<string, Tr31Reason>> = {
  'psec-1': 'key-length',
  'psec-2': 'key-length',
  'x9.143-8.2': 'optional-block-data',
  'oe-9': 'combination',
}

const RUNNERS: Readonly<Record<string, (vector: Vector) => void>> = {
  block: readAndMadeAgain,
  invalid: refusedForItsReason,
  tampered: refusedForItsReason,
  'kbpk-derivation': keysDerived,
}

const vectors = file.vectors as unknown as readonly Vector[]
const zeros = (length: number) => new Uint8Array(length)

describe('tr31.json', () => {
  let run = 0
  for (const vector of vectors) {
    test(`${vector.kind} ${vector.id}`, () => {
      const runner = RUNNERS[vector.kind.replace(/^block-.$/, 'block')]
      if (runner === undefined) assert.fail(`no runner for ${vector.kind}`)
      runner(vector)
      run++
    })
  }
  test('every vector was run', () => assert.equal(run, file.count))
})

function readAndMadeAgain(v: Vector): void {
  const kbpk = fromHex(v.kbpk)
  const verdict = unwrapKey(kbpk, v.keyBlock, { irregular: 'report' })
  if (!verdict.valid) assert.fail(`${verdict.reason}: ${verdict.detail}`)
  const { header, key, irregular } = verdict.value
  assert.equal(toHex(key), v.key)
  assert.equal(key.length * 8, v.keyLengthBits)
  assert.deepEqual(header, {
    version: v.keyBlock[0],
    usage: v.keyUsage,
    algorithm: v.algorithm,
    mode: v.modeOfUse,
    keyVersion: v.keyVersion,
    exportability: v.exportability,
    context: '0',
    optionalBlocks: v.optionalBlocks ?? [],
  })
  assert.equal(irregular?.reason, IRREGULAR[v.id])
  assert.equal(unwrapKey(kbpk, v.keyBlock).valid, irregular === null)
  assert.equal(buildHeader(header, v.keyBlock.length - v.header.length, zeros), v.header)
  assert.equal(protect(kbpk, v.header, key, fromHex(v.padding)), v.keyBlock)
  keysDerived({ ...v, versions: header.version })
}

function refusedForItsReason(v: Vector): void {
  const verdict = unwrapKey(fromHex(v.kbpk), v.keyBlock)
  assert.equal(verdict.valid ? 'taken' : verdict.reason, v.reason)
}

function keysDerived(v: Vector): void {
  for (const version of v.versions.split(', ')) {
    const keys = blockKeys(version as VersionId, fromHex(v.kbpk))
    assert.equal(toHex(keys.encryption), v.kbek)
    assert.equal(toHex(keys.mac), v.kbak)
  }
}

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const anyVersion = fc.constantFrom(...(Object.keys(VERSIONS) as VersionId[]))
const printable = fc.stringMatching(/^[ -~]{0,40}$/)
const labels = fc
  .option(printable, { nil: undefined })
  .map((data): OptionalBlock[] => (data === undefined ? [] : [{ id: 'LB', data }]))
const longLabel = fc.constantFrom(251, 252, 300).map((length) => [{ id: 'LB', data: 'x'.repeat(length) }])

/** Everything {@link wrapKey} takes, over versions, lengths, usages and optional blocks. */
const wrapping = anyVersion.chain((version) => {
  const { kbpkLengths, cipher } = VERSIONS[version]
  const algorithms = Object.keys(ALGORITHMS).filter((letter) => cipher === 'AES' || letter !== 'A')
  const triple = fc
    .tuple(
      fc.constantFrom(...Object.keys(USAGES)),
      fc.constantFrom(...algorithms),
      fc.constantFrom(...Object.keys(MODES)),
    )
    .filter(([usage, algorithm, mode]) => goTogether(usage, algorithm, mode))
  return triple.chain(([usage, algorithm, mode]) =>
    fc.record({
      kbpk: fc.constantFrom(...kbpkLengths).chain(bytes),
      key: fc.constantFrom(...(ALGORITHMS[algorithm]?.lengths ?? [1, 20, 121, 600])).chain(bytes),
      fillTo: fc.option(fc.nat(80), { nil: undefined }),
      header: fc.record(
        {
          version: fc.constant(version),
          usage: fc.constant(usage),
          algorithm: fc.constant(algorithm),
          mode: fc.constant(mode),
          keyVersion: fc.stringMatching(/^[0-9A-Zc][0-9A-Z]$/),
          exportability: fc.constantFrom('E', 'N', 'S'),
          context: fc.constantFrom('0', '1', '2'),
          optionalBlocks: fc.oneof(labels, longLabel),
        },
        { noNullPrototype: true },
      ),
      padding: fc.nat(255),
    }),
  )
})

type Wrapping = typeof wrapping extends fc.Arbitrary<infer T> ? T : never

function wrapped({ kbpk, header, key, padding, fillTo }: Wrapping): string {
  const random = (length: number) => new Uint8Array(length).fill(padding)
  return wrapKey(kbpk, header, key, random, fillTo === undefined ? {} : { fillTo })
}

describe('key blocks', () => {
  test('what was wrapped is unwrapped, in every version and with every length', () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(wrapping, (w) => {
        const verdict = unwrapKey(w.kbpk, wrapped(w))
        if (!verdict.valid) assert.fail(`${verdict.reason}: ${verdict.detail}`)
        const { header, key } = verdict.value
        assert.deepEqual(key, w.key)
        const optionalBlocks = header.optionalBlocks.filter(({ id }) => id !== 'PB')
        assert.deepEqual({ ...header, optionalBlocks }, w.header)
        seen.add(`${header.version} ${w.kbpk.length}`)
      }),
      { numRuns: 400 },
    )
    assert.equal(seen.size, 4 * 2 + 2 * 3)
  })

  test('any flipped bit is refused', () => {
    fc.assert(
      fc.property(wrapping, fc.nat(), fc.nat(7), (w, position, bit) => {
        const block = Buffer.from(wrapped(w), 'latin1')
        const index = position % block.length
        block[index] = (block[index] ?? 0) ^ (1 << bit)
        assert.equal(unwrapKey(w.kbpk, block.toString('latin1'), { irregular: 'report' }).valid, false)
      }),
      { numRuns: 400 },
    )
  })

  test('any other protection key is refused', () => {
    fc.assert(
      fc.property(wrapping, (w) => {
        const other = w.kbpk.map((byte) => byte ^ 0x02)
        const verdict = unwrapKey(other, wrapped(w))
        assert.equal(verdict.valid ? 'taken' : verdict.reason, 'mac')
      }),
    )
  })

  test('the length of a key cannot be seen', () => {
    const header = (algorithm: string, version: VersionId): KeyBlockHeader => ({
      ...PLAIN,
      algorithm,
      version,
    })
    const length = (algorithm: string, version: VersionId, bytesOfKey: number) =>
      wrapKey(zeros(16), header(algorithm, version), zeros(bytesOfKey), zeros).length
    assert.equal(length('T', 'B', 16), length('T', 'B', 24))
    assert.deepEqual(
      [16, 24, 32].map((of) => length('A', 'D', of)),
      [144, 144, 144],
    )
    assert.deepEqual(
      [16, 24, 32].map((of) => length('A', 'E', of)),
      [116, 116, 116],
    )
    assert.equal(wrapKey(zeros(16), header('A', 'D'), zeros(16), zeros, { fillTo: 0 }).length, 112)
  })

  test('arbitrary text gets a verdict', () => {
    const looksRight = fc
      .tuple(fc.constantFrom(...Object.keys(VERSIONS)), fc.stringMatching(/^[0-9A-Z]{11,150}$/))
      .map(([version, rest]) => version + String(rest.length + 5).padStart(4, '0') + rest)
    const nearlyRight = fc
      .tuple(fc.constantFrom(...vectors.map((v) => v.keyBlock ?? '')), fc.nat(), fc.string())
      .map(([block, at, text]) => block.slice(0, at % (block.length + 1)) + text + block.slice(at % 40))
    fc.assert(
      fc.property(fc.oneof(fc.string(), looksRight, nearlyRight), bytes(16), (text, kbpk) => {
        const verdict = unwrapKey(kbpk, text)
        assert.ok(verdict.valid || verdict.reason in TR31_REASONS)
      }),
      { numRuns: 1000 },
    )
  })
})

const PLAIN: KeyBlockHeader = {
  version: 'D',
  usage: 'P0',
  algorithm: 'A',
  mode: 'E',
  keyVersion: '00',
  exportability: 'E',
  context: '0',
  optionalBlocks: [],
}

describe('headers', () => {
  const cases: readonly (readonly [text: string, reason: Tr31Reason | null])[] = [
    ['D0016P0AE00E0000', null],
    ['D001610A1001000', 'length'],
    ['D001610A100N0000', null],
    ['D0017P0AE00E0000', 'length'],
    ['Dx016P0AE00E0000', 'length'],
    ['F0016P0AE00E0000', 'version'],
    ['D0016Z9AE00E0000', 'usage'],
    ['D0016P0QE00E0000', 'algorithm'],
    ['D0016P0AQ00E0000', 'mode'],
    ['D0016P0AE-0E0000', 'key-version'],
    ['D0016P0AEc1E0000', null],
    ['D0016P0AE00X0000', 'exportability'],
    ['D0016P0AE00E0030', 'context'],
    ['D0016P0AE00E0001', 'context'],
    ['D0016P0AE00E0020', null],
    ['D0016P0AE00E0x00', 'optional-blocks'],
    ['D0016P0AE00E0100', 'optional-blocks'],
    ['D0032P0AE00E0100LB10abcdefghijkl', null],
    ['D0032P0AE00E0100LB11abcdefghijkl', 'optional-blocks'],
    ['D0032P0AE00E0100LB03abcdefghijkl', 'optional-blocks'],
    ['D0032P0AE00E0100LBXXabcdefghijkl', 'optional-blocks'],
    ['D0032P0AE00E0100LB000400100123456', 'length'],
    ['D0032P0AE00E0100LB0004001012345x', null],
    ['D0032P0AE00E0100LB0002001012345x', null],
    ['D0032P0AE00E0100LB0003001012345x', 'optional-blocks'],
    ['D0032P0AE00E0200LB08abcdLB08efgh', 'optional-blocks'],
    ['D0032P0AE00E0100L\u00e908abcdPB08efgh', 'length'],
  ]
  for (const [text, reason] of cases) {
    test(`${text}: ${reason ?? 'taken'}`, () => {
      const verdict = parseHeader(text)
      assert.equal(verdict.valid ? null : verdict.reason, reason)
    })
  }

  test('the table says what goes together', () => {
    for (const [usage, { algorithms, modes }] of Object.entries(USAGES)) {
      assert.match(usage, /^[A-Z][0-9]$/)
      for (const letter of algorithms) assert.ok(letter in ALGORITHMS, `${usage} ${letter}`)
      for (const letter of modes) assert.ok(letter in MODES, `${usage} ${letter}`)
    }
    assert.equal(goTogether('P0', 'A', 'E'), true)
    assert.equal(goTogether('P0', 'R', 'E'), false)
    assert.equal(goTogether('P0', 'A', 'C'), false)
    assert.equal(goTogether('M7', 'H', 'C'), true)
    assert.equal(goTogether('10', 'A', 'E'), true)
  })
})

describe('optional blocks', () => {
  const cases: readonly (readonly [id: string, right: string, wrong: string])[] = [
    ['AL', '0101', '0102'],
    ['BI', '00FFFF000000', '00FFFF0000'],
    ['CT', '00MIIB', '09MIIB'],
    ['DA', '01P0TDE', '01P0TD'],
    ['FL', '01', ''],
    ['HM', '21', '26'],
    ['IK', '0123456789ABCDEF', '0123456789'],
    ['KC', '01763CBCDE81', '01'],
    ['KP', '0066E94B', '0066E94BD4'],
    ['KS', '00604B120F9292800000', 'VM9A'],
    ['KV', '0000', '0'],
    ['PK', '012331550BC9', '022331'],
    ['TC', '20200818004100Z', '20200818004100'],
    ['TS', '2018-06-18T20:42:39.22Z', '2018-06-18'],
    ['WP', '001', '009'],
  ]
  for (const [id, right, wrong] of cases) {
    test(`${id}: ${OPTIONAL_BLOCKS[id]?.name}`, () => {
      const made = (data: string) =>
        wrapKey(zeros(16), { ...PLAIN, optionalBlocks: [{ id, data }] }, zeros(16), zeros)
      assert.equal(unwrapKey(zeros(16), made(right)).valid, true)
      assert.throws(() => made(wrong), new RegExp(`does not have its form: ${id}`))
    })
  }
  test('every block with a form has a case', () =>
    assert.deepEqual(
      Object.keys(OPTIONAL_BLOCKS).filter((id) => id !== 'LB' && id !== 'PB'),
      cases.map(([id]) => id),
    ))
})

const LABEL: OptionalBlock = { id: 'LB', data: '1234' }

describe('check values', () => {
  test('KC and KP are held against the keys', () => {
    fc.assert(
      fc.property(wrapping, (w) => {
        const cipher = VERSIONS[w.header.version].cipher
        const own = ({ A: 'AES', D: 'TDES', T: 'TDES' } as const)[w.header.algorithm]
        const kc = own === undefined ? [] : [checkValueBlock('KC', own, w.key)]
        const optionalBlocks = [...kc, checkValueBlock('KP', cipher, w.kbpk)]
        const make = (blocks: OptionalBlock[]) =>
          wrapped({ ...w, header: { ...w.header, optionalBlocks: blocks } })
        assert.equal(unwrapKey(w.kbpk, make(optionalBlocks)).valid, true)
        const wrong = optionalBlocks.map(({ id, data }) => ({
          id,
          data: `${data.slice(0, -1)}${data.endsWith('0') ? 1 : 0}`,
        }))
        assert.throws(() => make(wrong), /check value in KC or KP is not the key's: K[CP]/)
      }),
      { numRuns: 50 },
    )
  })

  test('those of another method are taken', () => {
    const header = (data: string): KeyBlockHeader => ({ ...PLAIN, optionalBlocks: [{ id: 'KC', data }] })
    for (const data of ['0066E94B', '01763CBC'])
      assert.equal(unwrapKey(zeros(16), wrapKey(zeros(16), header(data), zeros(16), zeros)).valid, true, data)
  })

  test('a wrong one is refused', () => {
    const block = protect(zeros(16), 'D0128P0AE00E0200KC0C0066E94CPB04', zeros(16), zeros(14))
    const verdict = unwrapKey(zeros(16), block)
    assert.equal(verdict.valid ? 'taken' : verdict.reason, 'check-value')
    const reported = unwrapKey(zeros(16), block, { irregular: 'report' })
    assert.deepEqual(reported.valid && reported.value.irregular, { reason: 'check-value', detail: 'KC' })
  })
})

describe('what may not be wrapped', () => {
  const cases: readonly (readonly [
    what: string,
    change: Partial<KeyBlockHeader>,
    key: number,
    error: RegExp,
  ])[] = [
    ['AES under triple DES', { version: 'B' }, 16, /combination|go together: P0 A E in version B/],
    ['a MAC mode for a PIN key', { mode: 'C' }, 16, /go together/],
    ['a key of another length', {}, 20, /16, 24, 32 bytes, got 20/],
    ['no key', { usage: 'M7', algorithm: 'H', mode: 'C' }, 0, /got 0 bytes/],
    ['a usage that shifts the fields', { usage: 'P0A', algorithm: 'E', mode: '' }, 16, /usage "P0A"/],
    ['an unknown usage', { usage: 'Z0' }, 16, /usage is not known/],
    ['a block twice', { optionalBlocks: [LABEL, LABEL] }, 16, /each once, got LB again/],
    ['too much', { optionalBlocks: [{ id: 'LB', data: 'x'.repeat(9999) }] }, 16, /at most 9999 characters/],
  ]
  for (const [what, change, length, error] of cases) {
    test(what, () =>
      assert.throws(() => wrapKey(zeros(16), { ...PLAIN, ...change }, zeros(length), zeros), error),
    )
  }
  test('a header of no version', () =>
    assert.throws(() => protect(zeros(16), 'F0016', zeros(16), zeros(14)), /of version "F"/))
  test('a protection key of another length', () =>
    assert.throws(() => wrapKey(zeros(8), PLAIN, zeros(16), zeros), /16, 24, 32 bytes, got 8/))
})
