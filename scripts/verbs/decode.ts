import { text } from 'node:stream/consumers'
import { fromHex } from '../../protocols/bytes/bytes.ts'
import { DECODERS, type Decoded, DecodeError, type DecoderName, decode } from '../../protocols/emv/decode.ts'
import { ConfigurationError } from '../../steps/bench/profile.ts'
import { EXIT } from '../lib/exit.ts'
import { lineText } from '../lib/lines.ts'

export interface DecodeOptions {
  as?: string
  json?: boolean
}

/** Prints bytes in words. `hex` is `-` for standard input. Throws `ConfigurationError` when they are not what they should be. */
export async function decodeHex(hex: string, { as, json }: DecodeOptions): Promise<number> {
  const given = hex === '-' ? await text(process.stdin) : hex
  process.stdout.write(decodedText(given, as, json === true))
  return EXIT.done
}

/** What `tapbench decode` prints. Throws `ConfigurationError`. */
export function decodedText(hex: string, as: string | undefined, json: boolean): string {
  const decoded = decodeOrExplain(hex, as)
  if (json) return `${JSON.stringify(decoded, null, 2)}\n`
  return `${headline(decoded)}${decoded.lines.map(lineText).join('')}`
}

function decodeOrExplain(hex: string, as: string | undefined): Decoded {
  if (as !== undefined && !isDecoder(as))
    throw new ConfigurationError(`expected --as to be one of ${DECODERS.join(', ')}, got ${as}`)
  try {
    // As other tools print them: 6F:2A, 0x6F, commas, line breaks.
    return decode(fromHex(hex.replace(/0x|[\s:,-]/gi, '')), as)
  } catch (error) {
    if (error instanceof DecodeError) throw new ConfigurationError(error.message)
    if (error instanceof TypeError)
      throw new ConfigurationError('expected pairs of hexadecimal digits, got something else')
    throw error
  }
}

function isDecoder(name: string): name is DecoderName {
  return (DECODERS as readonly string[]).includes(name)
}

function headline({ as, guessed, alternatives }: Decoded): string {
  if (!guessed) return ''
  const others = alternatives.length === 0 ? '' : `; could also be ${alternatives.join(', ')}`
  return `taken for ${as}${others} (say which with --as)\n`
}
