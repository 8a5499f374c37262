import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { LoopbackReader } from '../../hardware/pcsc/loopback-reader.ts'
import { fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import { ManualClock } from '../../protocols/clock/manual-clock.ts'
import { MemoryJournal } from '../../protocols/journal/memory-journal.ts'
import { Card } from '../../simulators/card/card.ts'
import type { CardImage } from '../../simulators/card/image.ts'
import { loadCardProfile } from '../../simulators/card/profile.ts'
import type { Recording } from '../../simulators/card/recording/recording.ts'
import { personaliseTestCard } from '../../simulators/card/test-card.ts'
import { CardDesk } from './card-desk.ts'
import { commandOf } from './command-text.ts'
import { bringTo } from './stages.ts'

/** A desk whose bench is a reader and a journal. */
async function deskWith(profile: string): Promise<{ desk: CardDesk; journal: MemoryJournal }> {
  const reader = new LoopbackReader('test', new ManualClock())
  const journal = new MemoryJournal(() => 0)
  const slot = {
    reader,
    insert: async (card: CardImage | Recording) => {
      if ('profile' in card) reader.insert(new Card(card))
    },
  }
  const desk = new CardDesk(() => ({ journal, slot }))
  await desk.present(personaliseTestCard(loadCardProfile(profile)))
  return { desk, journal }
}

describe('commands in words', () => {
  const cases: [text: string, command: string][] = [
    ['00A4040000', '00A4040000'],
    ['SELECT the application', '00A4040007A000000004101000'],
    ['SELECT PSE', '00A404000E315041592E5359532E444446303100'],
    ['SELECT next A000000004', '00A4040205A00000000400'],
    ['GET PROCESSING OPTIONS', '80A8000002830000'],
    ['GET PROCESSING OPTIONS, without data', '80A8000000'],
    ['READ RECORD 3 of SFI 2', '00B2031400'],
    ['READ RECORD 3 of SFI 2, P2 FC', '00B203FC00'],
    ['GET DATA 9F36', '80CA9F3600'],
    ['GET DATA 9F36, class 00, Le 05', '00CA9F3605'],
    ['GET CHALLENGE, P1 01, data AB', '0084010001AB00'],
    ['INTERNAL AUTHENTICATE', '00880000040123456700'],
    ['INTERNAL AUTHENTICATE, a byte short', '008800000301234500'],
    ['EXTERNAL AUTHENTICATE, a byte long', '008200000B0000000000000000000000'],
    ['COMPUTE CRYPTOGRAPHIC CHECKSUM', '802A8E80040000012300'],
    ['APPLICATION BLOCK', '841E0000080000000000000000'],
    ['APPLICATION BLOCK, wrong MAC', '841E0000080000000000000001'],
    ['PUT DATA 9F14 = 07, altered P2 23', '84DA9F2309070000000000000000'],
  ]
  for (const [text, command] of cases) {
    test(text, async () => {
      const { desk } = await deskWith('mchip-like-contact')
      assert.equal(toHex(await commandOf(desk, text)), command)
    })
  }

  test('others throw, with what there is', async () => {
    const { desk } = await deskWith('mchip-like-contact')
    await assert.rejects(commandOf(desk, 'GET CASH'), /expected a command .*GET CHALLENGE.*got "GET CASH"/s)
    await assert.rejects(
      commandOf(desk, 'GET CHALLENGE, twice'),
      /expected differences .*class .*got "twice"/,
    )
  })
})

test('lists are filled as the card has told them, before that as it was made', async () => {
  const { desk } = await deskWith('ccd-tdes-contact')
  assert.equal(toHex(await commandOf(desk, 'GET PROCESSING OPTIONS')), '80A8000006830402760978' + '00')
  desk.told.set('9F1A', '0250')
  await bringTo(desk, 'after the first GENERATE AC')
  assert.equal(toHex(desk.hearing.pdolData), '02500978')
  assert.equal(toHex(desk.hearing.first?.cid ?? fromHex('')), '80')
  await assert.rejects(bringTo(desk, 'after lunch'), /expected one of before SELECT, .*got "after lunch"/)
})

test('a PIN is in no journal, whichever way it goes', async () => {
  const { desk, journal } = await deskWith('mchip-like-contact')
  await bringTo(desk, 'after GET PROCESSING OPTIONS')
  const { response } = await desk.send(await commandOf(desk, 'VERIFY of the right PIN'))
  assert.equal(response?.sw, 0x9000)
  assert.match(JSON.stringify(journal.entries), /0020008008\*{16}/)
  assert.doesNotMatch(JSON.stringify(journal.entries), /241234/)
})
