import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import { systemClock } from '../../protocols/clock/system-clock.ts'
import { loadCardProfile } from '../../simulators/card/profile.ts'
import { personaliseTestCard } from '../../simulators/card/test-card.ts'
import { type CardSlot, openSlot } from './card-slot.ts'
import { TRANSPORTS } from './profile.ts'

const SELECT = fromHex('00A4040007A000000004101000')
const GPO = fromHex('80A8000002830000')
const ATC = fromHex('80CA9F3600')
const SOON = 5_000

/** Uses the card for a transaction counter, and reads it. */
async function count({ reader }: CardSlot): Promise<string> {
  const connection = await reader.connect(SOON)
  try {
    await connection.transmit(SELECT)
    await connection.transmit(GPO)
    return toHex(await connection.transmit(ATC))
  } finally {
    await connection.disconnect()
  }
}

for (const transport of TRANSPORTS) {
  test(`${transport}: the same card comes back as it was left, another one is new`, async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tb-'))
    const slot = await openSlot(transport, directory, systemClock)
    const card = personaliseTestCard(loadCardProfile('mchip-like-contactless'))
    try {
      await assert.rejects(slot.putBack(), /expected a card that was in the reader before/)
      await slot.insert(card)
      assert.equal(await count(slot), '9F360200019000')
      await slot.remove()
      await slot.putBack()
      assert.equal(await count(slot), '9F360200029000')
      await slot.putBack()
      assert.equal(await count(slot), '9F360200039000')
      await slot.insert(card)
      assert.equal(await count(slot), '9F360200019000')
    } finally {
      await slot.close()
      await rm(directory, { recursive: true })
    }
  })
}
