import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readTraceparent, traceparentOf } from './traceparent.ts'

const ID = '4bf92f35-77b3-4da6-a3ce-929d0e0e4736'

test('an id goes into a header and comes out again', () => {
  assert.equal(traceparentOf(ID), '00-4bf92f3577b34da6a3ce929d0e0e4736-a3ce929d0e0e4736-01')
  assert.equal(readTraceparent(traceparentOf(ID)), ID)
  // The example of W3C Trace Context, 3.2.
  assert.equal(
    readTraceparent('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'),
    '0af76519-16cd-43dd-8448-eb211c80319c',
  )
})

const WRONG: Record<string, string | string[] | undefined> = {
  missing: undefined,
  empty: '',
  doubled: [traceparentOf(ID), traceparentOf(ID)],
  'trace of zeros': `00-${'0'.repeat(32)}-a3ce929d0e0e4736-01`,
  'span of zeros': `00-4bf92f3577b34da6a3ce929d0e0e4736-${'0'.repeat(16)}-01`,
  capitals: traceparentOf(ID).toUpperCase(),
  short: '00-4bf92f35-a3ce929d0e0e4736-01',
}

for (const [what, header] of Object.entries(WRONG))
  test(`a header that is wrong is no id: ${what}`, () => assert.equal(readTraceparent(header), null))
