import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import { ManualClock } from '../../protocols/clock/manual-clock.ts'
import { FaultyCard } from './faulty-card.ts'
import { loadCardProfile } from './profile.ts'
import { cardOf, SlowCard } from './slow-card.ts'
import { personaliseTestCard } from './test-card.ts'

const PSE = fromHex('00A404000E315041592E5359532E444446303100')

test('a slow card answers the same, later by the time its profile says', async () => {
  const clock = new ManualClock()
  const image = personaliseTestCard(loadCardProfile('slow'))
  const card = cardOf(image, clock)
  assert.ok(card instanceof SlowCard)
  let answer: Uint8Array | null | undefined
  const answering = card.transmit(PSE).then((came) => {
    answer = came
  })
  clock.advance(299)
  await Promise.resolve()
  assert.equal(answer, undefined)
  clock.advance(1)
  await answering
  assert.equal(
    toHex(answer ?? new Uint8Array()),
    toHex(new FaultyCard(image).transmit(PSE) ?? new Uint8Array()),
  )
  assert.deepEqual([card.atr.length > 0, card.atc], [true, 0])
  card.reset()
})

test('misbehaving profiles bring their faults along', () => {
  const answers = (name: string, ...commands: string[]) => {
    const card = new FaultyCard(personaliseTestCard(loadCardProfile(name)))
    return commands.map((command) => {
      const answer = card.transmit(fromHex(command))
      return answer === null ? null : toHex(answer)
    })
  }
  assert.deepEqual(answers('mute', toHex(PSE)), [null])
  assert.deepEqual(answers('endless-61xx', toHex(PSE), '00C0000010'), ['6110', '6110'])
  const [, , overflow = ''] = answers(
    'length-overflow',
    '00A4040007A000000003101000',
    '80A8000006830402760978',
    '00B2010C00',
  )
  assert.ok(Number.parseInt((overflow ?? '').slice(2, 4), 16) > (overflow ?? '').length / 2 - 4)
})
