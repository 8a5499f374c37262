import { LoopbackReader } from '../../hardware/pcsc/loopback-reader.ts'
import { fromHex } from '../../protocols/bytes/bytes.ts'
import { systemClock } from '../../protocols/clock/system-clock.ts'
import { rememberingImport } from '../../protocols/emv/oda/rsa.ts'
import { silentJournal } from '../../protocols/journal/journal.ts'
import { Card } from '../../simulators/card/card.ts'
import type { CardImage } from '../../simulators/card/image.ts'
import { loadCardProfile } from '../../simulators/card/profile.ts'
import { personaliseTestCard } from '../../simulators/card/test-card.ts'
import { TestIssuer } from '../../simulators/card/testing/test-issuer.ts'
import { machineRandom as random } from '../../simulators/common/machine-random.ts'
import { CardSession } from '../../simulators/pos/card-session.ts'
import { contactKernel } from '../../simulators/pos/contact/contact-kernel.ts'
import { loadCaKeys } from '../../simulators/pos/emv/ca-keys.ts'
import { silentCardholder } from '../../simulators/pos/emv/cardholder.ts'
import type { KernelDeps } from '../../simulators/pos/emv/kernel.ts'
import type { KernelResult } from '../../simulators/pos/emv/kernel-result.ts'
import type { Online } from '../../simulators/pos/emv/online.ts'
import { type EmvTransaction, PURCHASE } from '../../simulators/pos/emv/transaction.ts'
import { loadTerminalProfile, type TerminalProfile } from '../../simulators/pos/profile.ts'
import { requireCurrency } from '../../simulators/pos/transaction.ts'

/** RSA of 1408 bits (authority, issuer) and 1152 (card); its AIP asks for CDA and for EXTERNAL AUTHENTICATE. */
const CARD = 'mchip-like-contact'
const LAST_ATC = 0xffff
/** Over the terminal's floor limit and under the card's ceiling, so that the issuer is asked. */
const AMOUNT = 6_000n
/** CDA, cardholder verification, both risk managements, issuer authentication: EMV 4.4 Book 3, C6. */
const TSI = 'F800'
const TC = '40'
const WAIT_MS = 5_000

/** One terminal with one card, that can do a whole contact transaction again and again. */
export interface ContactLane {
  /**
   * Selection, records, CDA, PIN, ARQC, issuer authentication, TC. Throws when it was another transaction than that: only those are
   * measured.
   */
  transact(): Promise<void>
}

interface Parts {
  image: CardImage
  terminal: TerminalProfile
  deps: KernelDeps
}

export async function openContactLane(): Promise<ContactLane> {
  const image = personaliseTestCard(loadCardProfile(CARD))
  const terminal = await loadTerminalProfile('contact')
  const deps: KernelDeps = {
    clock: systemClock,
    random,
    journal: silentJournal,
    caKeys: await loadCaKeys(terminal.emv?.caKeys ?? []),
    importKey: rememberingImport(64),
    online: issuerOf(image),
    cardholder: { ...silentCardholder, offlinePin: async () => ({ kind: 'entered', pin: '1234' }) },
  }
  return laneOf({ image, terminal, deps })
}

function laneOf({ image, terminal, deps }: Parts): ContactLane {
  const reader = new LoopbackReader('contact lane', systemClock)
  let card = new Card(image, random)
  reader.insert(card)
  return {
    async transact() {
      if (card.atc === LAST_ATC) {
        reader.remove()
        card = new Card(image, random)
        reader.insert(card)
      }
      const opened = await CardSession.open(reader, { ...deps, waitMs: WAIT_MS, apduMs: WAIT_MS })
      if (!opened.done) throw new Error('expected a card in the lane, there is none')
      check(await contactKernel(opened.value, terminal, purchase(), deps))
      await opened.value.close()
    },
  }
}

function issuerOf(image: CardImage): Online {
  const issuer = new TestIssuer(image)
  return async ({ data }) => {
    const [cryptogram, atc, unpredictableNumber] = [
      data.require('9F26'),
      data.require('9F36'),
      data.require('9F37'),
    ]
    const issuerAuthenticationData = issuer.approval({ cryptogram, atc, unpredictableNumber })
    return { decision: 'approve', responseCode: '00', issuerAuthenticationData, scripts: [], code: null }
  }
}

function purchase(): EmvTransaction {
  return {
    ...PURCHASE,
    amount: AMOUNT,
    currency: requireCurrency('EUR'),
    date: fromHex('261121'),
    time: fromHex('090807'),
    unpredictableNumber: random(4),
  }
}

function check({ outcome, reason, tvr, tsi, cryptogram }: KernelResult): void {
  if (outcome === 'Approved' && tsi === TSI && cryptogram?.cid === TC) return
  throw new Error(
    `expected every measured transaction to be approved online with TSI ${TSI}, got ${outcome}: ${reason}, TSI ${tsi}, TVR ${tvr}`,
  )
}
