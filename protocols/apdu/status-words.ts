/** Status words by their four hexadecimal digits; `x` stands for any digit. EMV 4.4 Book 3, 6.3.5; ISO/IEC 7816-4, 5.6. */
export const STATUS_WORDS: readonly (readonly [pattern: string, meaning: string])[] = [
  ['9000', 'normal processing'],
  ['61xx', 'normal processing, more data available'],
  ['6200', 'warning: no information given'],
  ['6281', 'warning: part of returned data may be corrupted'],
  ['6282', 'warning: end of file reached before Le bytes'],
  ['6283', 'warning: selected file invalidated'],
  ['6285', 'warning: selected file in termination state'],
  ['62xx', 'warning: state of non-volatile memory unchanged'],
  ['6300', 'warning: authentication failed'],
  ['6381', 'warning: file filled up by the last write'],
  ['63Cx', 'warning: counter in the last digit'],
  ['63xx', 'warning: state of non-volatile memory changed'],
  ['6400', 'execution error: state of non-volatile memory unchanged'],
  ['64xx', 'execution error: state of non-volatile memory unchanged'],
  ['6581', 'execution error: memory failure'],
  ['65xx', 'execution error: state of non-volatile memory changed'],
  ['66xx', 'security issue'],
  ['6700', 'wrong length'],
  ['6881', 'logical channel not supported'],
  ['6882', 'secure messaging not supported'],
  ['68xx', 'function in CLA not supported'],
  ['6983', 'authentication method blocked'],
  ['6984', 'referenced data invalidated'],
  ['6981', 'command incompatible with file structure'],
  ['6982', 'security status not satisfied'],
  ['6985', 'conditions of use not satisfied'],
  ['6986', 'command not allowed'],
  ['6987', 'secure messaging data object missing'],
  ['6988', 'secure messaging data object incorrect'],
  ['69xx', 'command not allowed'],
  ['6A80', 'incorrect parameters in the data field'],
  ['6A81', 'function not supported'],
  ['6A82', 'file not found'],
  ['6A83', 'record not found'],
  ['6A84', 'not enough memory space in the file'],
  ['6A86', 'incorrect parameters P1 P2'],
  ['6A88', 'referenced data not found'],
  ['6Axx', 'wrong parameters P1 P2'],
  ['6B00', 'wrong parameters P1 P2'],
  ['6Cxx', 'wrong length Le, right one in SW2'],
  ['6D00', 'instruction code not supported'],
  ['6E00', 'class not supported'],
  ['6F00', 'no precise diagnosis'],
  ['6Fxx', 'no precise diagnosis'],
]

const COUNTED: Record<string, (low: number) => string> = {
  '61xx': (low) => `: ${low || 256} bytes`,
  '6Cxx': (low) => `: ${low || 256}`,
  '63Cx': (low) => `: ${low & 0x0f}`,
}

/** `9000 normal processing`: the first entry of {@link STATUS_WORDS} that matches, with the number it carries. */
export function describeStatus(sw: number): string {
  const digits = sw.toString(16).toUpperCase().padStart(4, '0')
  const entry = STATUS_WORDS.find(([pattern]) => matches(pattern, digits))
  if (entry === undefined) return `${digits} unknown status word`
  const [pattern, meaning] = entry
  return `${digits} ${meaning}${COUNTED[pattern]?.(sw & 0xff) ?? ''}`
}

function matches(pattern: string, digits: string): boolean {
  return [...pattern].every((digit, index) => digit === 'x' || digit === digits[index])
}
