import { Refused } from '../../verdict/verdict.ts'

/** Every reason for which a key block is refused, in the order of the checks. */
export const TR31_REASONS = {
  length: 'length is not what the header or the version says',
  version: 'version is not known',
  usage: 'key usage is not known',
  algorithm: 'algorithm is not known',
  mode: 'mode of use is not known',
  'key-version': 'key version number is not two letters or digits',
  exportability: 'exportability is not known',
  context: 'key context or reserved field is not known',
  'optional-blocks': 'optional blocks cannot be read',
  'kbpk-length': 'protection key does not have a length of the version',
  'not-hex': 'key or MAC is not hexadecimal',
  'mac-short': 'MAC is missing or too short',
  malformed: 'encrypted key does not have the form of the version',
  mac: "MAC is not the block's",
  'key-length-field': 'length of the key is not a whole number of bytes',
  combination: 'usage, algorithm and mode do not go together',
  'key-length': 'key does not have a length of its algorithm',
  'optional-block-data': 'an optional block does not have its form',
  'check-value': "a check value in KC or KP is not the key's",
} as const

export type Tr31Reason = keyof typeof TR31_REASONS

/** Ends reading with a reason; `detail` says what was expected and what came, never the key. */
export function refuse(reason: Tr31Reason, detail: string): never {
  throw new Refused(reason, `${TR31_REASONS[reason]}: ${detail}`)
}
