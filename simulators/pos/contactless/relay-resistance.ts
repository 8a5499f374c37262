/** What the card says of itself in EXCHANGE RELAY RESISTANCE DATA. Times are units of 100 µs, as everywhere in Book C-2. */
export interface RelayResistanceData {
  /** Device Relay Resistance Entropy, DF8302, 4 bytes. */
  deviceEntropy: Uint8Array
  /** DF8303. */
  minimumTime: number
  /** DF8304. */
  maximumTime: number
  /** Device Estimated Transmission Time For Relay Resistance R-APDU, DF8305. */
  transmissionTime: number
}

/** What the terminal expects, Book C-2, Annex A; units of 100 µs. */
export interface RelayResistanceLimits {
  /** DF8132. */
  minimumGrace: number
  /** DF8133. */
  maximumGrace: number
  /** Terminal Expected Transmission Time For Relay Resistance C-APDU, DF8134. */
  commandTime: number
  /** … R-APDU, DF8135. */
  responseTime: number
  /** DF8136. */
  accuracyThreshold: number
  /** Relay Resistance Transmission Time Mismatch Threshold, DF8137, percent. */
  mismatchPercent: number
}

/** What the exchange's duration says. */
export interface RelayResistanceVerdict {
  /** Measured Relay Resistance Processing Time, DF8306. */
  processingTime: number
  /** Faster than any such card: what answered was prepared elsewhere. */
  tooFast: boolean
  /** Slower than the card may be: it is asked again, at most twice. */
  tooSlow: boolean
  /** Within the limits and yet not as the card said of itself. */
  thresholdExceeded: boolean
}

/** How often the exchange is made again, Book C-2, 3.10. */
export const MOST_RETRIES = 2

const UNIT_US = 100
const TEMPLATE_BYTES = 10

/** The value of template 80: entropy (4), minimum, maximum and transmission time (2 each); null when it has another length. */
export function parseRelayResistanceData(value: Uint8Array): RelayResistanceData | null {
  if (value.length !== TEMPLATE_BYTES) return null
  const timeAt = (offset: number): number => (value[offset] ?? 0) * 256 + (value[offset + 1] ?? 0)
  return {
    deviceEntropy: value.slice(0, 4),
    minimumTime: timeAt(4),
    maximumTime: timeAt(6),
    transmissionTime: timeAt(8),
  }
}

/**
 * Judges how long an exchange took (`tookUs`, microseconds from sending the command to having the answer), Book C-2, 3.10 and state
 * "Waiting for exchange relay resistance data response".
 */
export function judgeRelayResistance(
  card: RelayResistanceData,
  limits: RelayResistanceLimits,
  tookUs: number,
): RelayResistanceVerdict {
  const onAir = limits.commandTime + Math.min(card.transmissionTime, limits.responseTime)
  const processingTime = Math.min(0xffff, Math.max(0, Math.floor(tookUs / UNIT_US) - onAir))
  const beyond = Math.max(0, processingTime - card.minimumTime)
  return {
    processingTime,
    tooFast: processingTime < Math.max(0, card.minimumTime - limits.minimumGrace),
    tooSlow: processingTime > card.maximumTime + limits.maximumGrace,
    thresholdExceeded: timesMismatch(card, limits) || beyond > limits.accuracyThreshold,
  }
}

/** Whether card and terminal think too differently of the time on air; a side that says 0 says nothing. */
function timesMismatch(
  { transmissionTime: device }: RelayResistanceData,
  { responseTime: terminal, mismatchPercent }: RelayResistanceLimits,
): boolean {
  if (device === 0 || terminal === 0) return false
  return (Math.min(device, terminal) * 100) / Math.max(device, terminal) < mismatchPercent
}
