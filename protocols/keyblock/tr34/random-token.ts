import { OID } from '../../cms/oids.ts'
import { DerError } from '../../der/error.ts'
import { Fields, only } from '../../der/fields.ts'
import { type Der, parseDer } from '../../der/reader.ts'
import { TAG } from '../../der/tags.ts'
import { octets, oidText } from '../../der/values.ts'
import { octetString, oid, sequence, setOf } from '../../der/writer.ts'
import type { Verdict } from '../../verdict/verdict.ts'
import { judgedToken, type Tr34Reason } from './reasons.ts'

const SHORTEST = 8
const LONGEST = 16

/** RT_KRD, the random number that a device wants to see signed (TR-34:2019, B.12). `random`: 8 to 16 bytes. Throws a RangeError. */
export function buildRandomToken(random: Uint8Array): Uint8Array {
  return sequence(oid(OID.randomNonce), setOf(randomValue(random)))
}

/** The random number of a token. */
export function openRandomToken(token: Uint8Array): Verdict<Uint8Array, Tr34Reason> {
  return judgedToken(() => {
    const fields = new Fields(parseDer(token), TAG.sequence, 'random number token')
    if (oidText(fields.take(TAG.oid, 'type')) !== OID.randomNonce)
      throw new DerError('random number token: expected randomNonce')
    const random = only(fields.take(TAG.set, 'values'), TAG.set, 'random number token')
    fields.end()
    return Uint8Array.from(readRandom(random))
  })
}

/** A random number as it stands in a token or an attribute. Throws a RangeError unless it has 8 to 16 bytes. */
export function randomValue(random: Uint8Array): Uint8Array {
  if (!hasLength(random))
    throw new RangeError(`expected ${SHORTEST} to ${LONGEST} bytes, got ${random.length}`)
  return octetString(random)
}

/** Inverse of {@link randomValue}. Throws DerError. */
export function readRandom(der: Der): Uint8Array {
  const random = octets(der)
  if (!hasLength(random))
    throw new DerError(`random number: expected ${SHORTEST} to ${LONGEST} bytes, got ${random.length}`)
  return random
}

function hasLength({ length }: Uint8Array): boolean {
  return length >= SHORTEST && length <= LONGEST
}
