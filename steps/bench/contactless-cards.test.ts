import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type LoopbackCard, LoopbackReader } from '../../hardware/pcsc/loopback-reader.ts'
import { ManualClock } from '../../protocols/clock/manual-clock.ts'
import { Card } from '../../simulators/card/card.ts'
import { loadCardProfile } from '../../simulators/card/profile.ts'
import { personaliseTestCard } from '../../simulators/card/test-card.ts'
import { counting, present, testTerminal } from '../../simulators/pos/contactless/testing/run-card.ts'
import { TornLog } from '../../simulators/pos/contactless/torn-log.ts'
import { loadCaKeys } from '../../simulators/pos/emv/ca-keys.ts'

const GENERATE_AC = 0xae

/** A card of a profile; `tear`: it does its first GENERATE AC and leaves before the answer is heard. */
function cardOf(name: string, tear = false): LoopbackCard {
  const card = new Card(personaliseTestCard(loadCardProfile(name)), counting())
  let torn = !tear
  return {
    atr: card.atr,
    reset: () => card.reset(),
    transmit: (command) => {
      const answer = card.transmit(command)
      if (torn || command[1] !== GENERATE_AC) return answer
      torn = true
      return null
    },
  }
}

type Options = Parameters<typeof present>[1]

async function tap(card: LoopbackCard, options: Options = {}) {
  const reader = new LoopbackReader('loopback', new ManualClock())
  reader.insert(card)
  const caKeys = await loadCaKeys(['ca-keys'])
  return present(reader, { ...options, deps: { caKeys, ...options.deps } })
}

test('mchip-like-contactless: relay resistance and CDA, approved offline', async () => {
  const { result } = await tap(cardOf('mchip-like-contactless'))
  assert.equal(result.outcome, 'Approved', result.reason)
  assert.deepEqual([result.mode, result.tvr, result.cvmResults], ['EMV', '0000000002', '1F0302'])
  assert.equal(result.cryptogram?.cid, '40')
})

test('mchip-like-contactless: above the limits, the issuer is asked with online PIN', async () => {
  const { result } = await tap(cardOf('mchip-like-contactless'), { amount: 6000n })
  assert.equal(result.outcome, 'OnlineRequest', result.reason)
  assert.deepEqual([result.tvr, result.parameters.cvm], ['0000048002', 'ONLINE PIN'])
  assert.equal(result.cryptogram?.cid, '80')
})

test('mchip-like-contactless: a terminal without EMV mode reads it as a stripe', async () => {
  const terminal = await testTerminal({ configuration: Uint8Array.of(0x70) })
  const { result } = await tap(cardOf('mchip-like-contactless'), { terminal })
  assert.equal(result.outcome, 'OnlineRequest', result.reason)
  assert.equal(result.mode, 'mag-stripe')
  assert.ok(result.dataRecord.has('9F6B') && result.dataRecord.has('56'))
})

test('mchip-like-contactless: torn at GENERATE AC, recovered when it is shown again', async () => {
  const card = cardOf('mchip-like-contactless', true)
  const deps = { tornLog: new TornLog({ records: 1, lifetimeMs: 300_000 }) }
  const first = await tap(card, { deps })
  assert.equal(first.result.outcome, 'TryAgain', first.result.reason)
  const { result, journal } = await tap(card, {
    deps,
    transaction: { unpredictableNumber: Uint8Array.of(9, 9, 9, 9) },
  })
  assert.equal(result.outcome, 'Approved', result.reason)
  const commands = journal.entries.flatMap((event) =>
    event.kind === 'apdu' ? [event.command.slice(0, 4)] : [],
  )
  assert.deepEqual([commands.includes('80D0'), commands.includes('80AE')], [true, false])
  // The counter is that of the torn transaction: the card made one cryptogram.
  assert.equal(result.cryptogram?.atc, '0001')
})

test('ccd-aes-contactless: CDA, always online', async () => {
  const { result } = await tap(cardOf('ccd-aes-contactless'))
  assert.equal(result.outcome, 'OnlineRequest', result.reason)
  assert.equal(result.cryptogram?.cid, '80')
})

test('a card whose authority the terminal does not know goes online without CDA', async () => {
  const caKeys = await loadCaKeys([])
  const { result } = await tap(cardOf('mchip-like-contactless'), { deps: { caKeys } })
  assert.equal(result.outcome, 'OnlineRequest', result.reason)
  assert.equal(result.tvr, '0400000002')
})

test('visa-like-contactless: kernel 3 is asked for, this terminal has none', async () => {
  const { result } = await tap(cardOf('visa-like-contactless'))
  assert.deepEqual([result.outcome, result.error.l2], ['EndApplication', 'EMPTY CANDIDATE LIST'])
})
