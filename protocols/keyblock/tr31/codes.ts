/** What X9.143:2021, 6.3.1 (table 2) says of a key usage: the algorithms and modes of use that go with it, one letter each. */
export interface UsageRule {
  name: string
  algorithms: string
  modes: string
}

const SYMMETRIC = 'AT'
const ASYMMETRIC = 'ERS'
const CIPHER_MODES = 'BDEN'
const MAC_MODES = 'CGVN'
const DERIVATION_MODES = 'XN'

/** Key usages of X9.143:2021 (table 2) and ISO 20038:2017. N, "no special restrictions", goes with all of them. */
export const USAGES: Readonly<Record<string, UsageRule>> = {
  B0: rule('base derivation key (BDK)', SYMMETRIC, DERIVATION_MODES),
  B1: rule('initial DUKPT key (IK, IPEK)', SYMMETRIC, DERIVATION_MODES),
  B2: rule('base key variant key', 'T', 'XYN'),
  B3: rule('key derivation key, not of X9.24', SYMMETRIC, DERIVATION_MODES),
  C0: rule('card verification key', SYMMETRIC, MAC_MODES),
  D0: rule('data encryption', 'ADT', CIPHER_MODES),
  D1: rule('asymmetric data encryption', 'ER', CIPHER_MODES),
  D2: rule('decimalization table encryption', SYMMETRIC, CIPHER_MODES),
  D3: rule('sensitive data encryption', SYMMETRIC, CIPHER_MODES),
  E0: rule('EMV master key: application cryptograms', SYMMETRIC, DERIVATION_MODES),
  E1: rule('EMV master key: secure messaging, confidentiality', SYMMETRIC, DERIVATION_MODES),
  E2: rule('EMV master key: secure messaging, integrity', SYMMETRIC, DERIVATION_MODES),
  E3: rule('EMV master key: data authentication code', SYMMETRIC, DERIVATION_MODES),
  E4: rule('EMV master key: dynamic numbers', SYMMETRIC, DERIVATION_MODES),
  E5: rule('EMV master key: card personalisation', SYMMETRIC, DERIVATION_MODES),
  E6: rule('EMV master key: other', SYMMETRIC, DERIVATION_MODES),
  E7: rule('EMV asymmetric key pair for PIN encryption', 'ER', CIPHER_MODES),
  I0: rule('initialisation vector', 'ADT', 'N'),
  K0: rule('key encryption', SYMMETRIC, CIPHER_MODES),
  K1: rule('key block protection key (KBPK)', SYMMETRIC, CIPHER_MODES),
  K2: rule('TR-34 key pair of a receiving device', 'ER', CIPHER_MODES),
  K3: rule('asymmetric key wrapping or agreement', 'ER', 'BDEXN'),
  K4: rule('ISO 20038 key block protection key', 'A', CIPHER_MODES),
  M0: rule('ISO 16609 MAC algorithm 1', 'T', MAC_MODES),
  M1: rule('ISO 9797-1 MAC algorithm 1', 'ADT', MAC_MODES),
  M2: rule('ISO 9797-1 MAC algorithm 2', 'ADT', MAC_MODES),
  M3: rule('ISO 9797-1 MAC algorithm 3', 'DT', MAC_MODES),
  M4: rule('ISO 9797-1 MAC algorithm 4', 'ADT', MAC_MODES),
  M5: rule('ISO 9797-1:1999 MAC algorithm 5', 'ADT', MAC_MODES),
  M6: rule('CMAC (ISO 9797-1:2011 MAC algorithm 5)', SYMMETRIC, MAC_MODES),
  M7: rule('HMAC', 'HIJ', MAC_MODES),
  M8: rule('ISO 9797-1 MAC algorithm 6', SYMMETRIC, MAC_MODES),
  P0: rule('PIN encryption', SYMMETRIC, CIPHER_MODES),
  P1: rule('PIN generation', SYMMETRIC, MAC_MODES),
  S0: rule('key pair for signatures', ASYMMETRIC, 'SVN'),
  S1: rule('key pair of a certificate authority', ASYMMETRIC, 'SVN'),
  S2: rule('key pair, not of X9.24', ASYMMETRIC, 'SVTBDEN'),
  V0: rule('PIN verification, other', SYMMETRIC, MAC_MODES),
  V1: rule('PIN verification, IBM 3624', SYMMETRIC, MAC_MODES),
  V2: rule('PIN verification, Visa PVV', SYMMETRIC, MAC_MODES),
  V3: rule('PIN verification, X9.132 algorithm 1', SYMMETRIC, MAC_MODES),
  V4: rule('PIN verification, X9.132 algorithm 2', SYMMETRIC, MAC_MODES),
  V5: rule('PIN verification, X9.132 algorithm 3', SYMMETRIC, MAC_MODES),
}

/**
 * Algorithms of the wrapped key (X9.143:2021, table 3; I and J: ISO 20038:2017, table A.4). `lengths`: bytes, null for any; `longest`:
 * bytes, 0 where there is no end.
 */
export const ALGORITHMS: Readonly<
  Record<string, { name: string; lengths: readonly number[] | null; longest: number }>
> = {
  A: { name: 'AES', lengths: [16, 24, 32], longest: 32 },
  D: { name: 'DES', lengths: [8], longest: 8 },
  E: { name: 'elliptic curve', lengths: null, longest: 0 },
  H: { name: 'HMAC', lengths: null, longest: 0 },
  I: { name: 'HMAC-SHA2', lengths: null, longest: 0 },
  J: { name: 'HMAC-SHA3', lengths: null, longest: 0 },
  R: { name: 'RSA', lengths: null, longest: 0 },
  S: { name: 'DSA', lengths: null, longest: 0 },
  T: { name: 'triple DES', lengths: [16, 24], longest: 24 },
}

/** Modes of use (X9.143:2021, table 4). */
export const MODES: Readonly<Record<string, string>> = {
  B: 'encrypt and decrypt',
  C: 'generate and verify',
  D: 'decrypt only',
  E: 'encrypt only',
  G: 'generate only',
  N: 'no special restrictions',
  S: 'sign only',
  T: 'sign and decrypt',
  V: 'verify only',
  X: 'derive keys',
  Y: 'make variants',
}

/** Exportability (X9.143:2021, table 6). */
export const EXPORTABILITY: Readonly<Record<string, string>> = {
  E: 'in a trusted key block',
  N: 'not',
  S: 'sensitive: also in other forms',
}

/** Key context (X9.143:2021, table 1). */
export const CONTEXTS: Readonly<Record<string, string>> = {
  '0': 'as the wrapping key says',
  '1': 'storage only',
  '2': 'exchange only',
}

/** Whether the table of X9.143 lets usage, algorithm and mode go together. Codes with a digit first are proprietary and not judged. */
export function goTogether(usage: string, algorithm: string, mode: string): boolean {
  if ([usage, algorithm, mode].some(isProprietary)) return true
  const { algorithms = '', modes = '' } = USAGES[usage] ?? {}
  return algorithms.includes(algorithm) && modes.includes(mode)
}

/** Codes with a digit first are left to vendors (X9.143:2021, 6.3). */
export function isProprietary(code: string): boolean {
  return /^[0-9]/.test(code)
}

function rule(name: string, algorithms: string, modes: string): UsageRule {
  return { name, algorithms, modes }
}
