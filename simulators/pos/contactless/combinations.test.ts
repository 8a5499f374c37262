import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromHex, toHex } from '../../../protocols/bytes/bytes.ts'
import { type DirectoryEntry, listCandidates, requestedKernel } from './combinations.ts'
import { testTerminal } from './testing/run-card.ts'

const entry = (adf: string, changes: Partial<DirectoryEntry> = {}): DirectoryEntry => ({
  adf,
  priority: 1,
  kernelIdentifier: null,
  extendedSelection: null,
  ...changes,
})

const KERNELS: readonly [title: string, adf: string, identifier: string | null, kernel: number | null][] = [
  ['Mastercard without identifier: kernel 2', 'A0000000041010', null, 2],
  ['Visa without identifier: kernel 3', 'A0000000031010', null, 3],
  ['American Express without identifier: kernel 4', 'A000000025010402', null, 4],
  ['JCB without identifier: kernel 5', 'A0000000651010', null, 5],
  ['Discover without identifier: kernel 6', 'A0000001523010', null, 6],
  ['UnionPay without identifier: kernel 7', 'A000000333010101', null, 7],
  ['anybody without identifier: any kernel', 'B012345678', null, 0],
  ['international identifier 03', 'A0000000041010', '03', 3],
  ['identifier of format 01', 'A0000000041010', '42', 0x42],
  ['domestic identifier: three bytes', 'A0000000041010', 'C10276', 0xc10276],
  ['domestic identifier that is too short: passed over', 'A0000000041010', '81', null],
  ['domestic identifier with short kernel 0: any kernel', 'A0000000041010', '800276', 0],
]

for (const [title, adf, identifier, kernel] of KERNELS) {
  test(`kernel identifier: ${title}`, () => {
    const kernelIdentifier = identifier === null ? null : fromHex(identifier)
    assert.equal(requestedKernel(entry(adf, { kernelIdentifier })), kernel)
  })
}

const list = async (...entries: DirectoryEntry[]) => {
  const { contactless } = await testTerminal()
  return listCandidates(entries, contactless.combinations)
}

test('candidates come by priority, equals in the order of the directory', async () => {
  const candidates = await list(
    entry('A000000004101001', { priority: 2 }),
    entry('A000000004101002', { priority: 1 }),
    entry('A0000000043060', { priority: 2 }),
  )
  assert.deepEqual(
    candidates.map(({ adf }) => adf),
    ['A000000004101002', 'A000000004101001', 'A0000000043060'],
  )
})

test('an application for another kernel or of another scheme is no candidate', async () => {
  assert.deepEqual(
    await list(entry('A0000000041010', { kernelIdentifier: fromHex('03') }), entry('A0000000031010')),
    [],
  )
})

test('the extended selection is added to the name that is selected', async () => {
  const [candidate] = await list(entry('A0000000041010', { extendedSelection: fromHex('AABB') }))
  assert.equal(candidate && toHex(candidate.name), 'A0000000041010AABB')
})
