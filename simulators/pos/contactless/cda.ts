import { concat, equal } from '../../../protocols/bytes/bytes.ts'
import { transactionDataHash, verifyCombinedData } from '../../../protocols/emv/oda/dynamic-data.ts'
import { responseObjects } from '../../../protocols/emv/oda/response-objects.ts'
import { type AuthenticatedRecord, staticDataToAuthenticate } from '../../../protocols/emv/oda/static-data.ts'
import { iccKey, issuerKey, type KeyResult, type Trust } from '../emv/card-keys.ts'
import type { Kernel2Context } from './context.ts'

/** What CDA found: the cryptogram that the card signed, or why not. */
export type CdaVerdict =
  | { ok: true; cryptogram: Uint8Array; dynamicNumber: Uint8Array }
  | { ok: false; text: string }

/** What the card answered with its cryptogram, and what it was asked with. */
export interface CdaEvidence {
  /** Of the records, in the order of the AFL. */
  records: readonly AuthenticatedRecord[]
  /** Data field of GENERATE AC or RECOVER AC. */
  response: Uint8Array
  /** 9F4B. */
  signed: Uint8Array
  cid: number
  cdol1Data: Uint8Array
}

/** Tags of the relay resistance data at the end of the ICC dynamic data (Book C-2, 3.10 and S910). */
const RELAY_TAGS = ['DF8301', 'DF8302', 'DF8303', 'DF8304', 'DF8305']

/** Combined data authentication, EMV 4.4 Book 2, 6.6.2 with Book C-2, S910: what relay resistance exchanged is signed as well. */
export function verifyCda(context: Kernel2Context, trust: Trust, evidence: CdaEvidence): CdaVerdict {
  const key = cardKey(context, trust, evidence.records)
  if (key.kind === 'missing') return { ok: false, text: `the card lacks ${key.tags.join(' ')}` }
  if (key.kind === 'failed') return { ok: false, text: `${key.failure.text} (${key.failure.section})` }
  const objects = responseObjects(evidence.response)
  if (!objects.ok) return { ok: false, text: objects.text }
  const proof = verifyCombinedData(key.key, evidence.signed, {
    unpredictableNumber: context.data.require('9F37'),
    cid: evidence.cid,
    transactionDataHash: transactionDataHash({
      pdolData: context.pdolData,
      cdol1Data: evidence.cdol1Data,
      cdol2Data: new Uint8Array(),
      responseObjects: objects.objects,
    }),
  })
  if (!proof.ok) return { ok: false, text: `${proof.text} (${proof.section})` }
  if (!relayDataFit(context, proof.further))
    return { ok: false, text: 'signed relay resistance data are not those of the exchange' }
  return { ok: true, cryptogram: proof.cryptogram, dynamicNumber: proof.dynamicNumber }
}

function cardKey({ data }: Kernel2Context, trust: Trust, records: readonly AuthenticatedRecord[]): KeyResult {
  const issuer = issuerKey(data, trust)
  if (issuer.kind !== 'key') return issuer
  const content = staticDataToAuthenticate(records, data.get('9F4A') ?? null, data.require('82'))
  if (!content.ok) return { kind: 'failed', failure: content }
  return iccKey(data, issuer.key, content.data, trust)
}

// Further data that no relay resistance protocol explains is not looked at: the card may have put data of its own there.
function relayDataFit({ data, tvr }: Kernel2Context, further: Uint8Array): boolean {
  if (!tvr.has('relayPerformed')) return true
  return equal(further, concat(...RELAY_TAGS.map((tag) => data.require(tag))))
}
