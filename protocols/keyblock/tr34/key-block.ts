import { type IssuerAndSerial, readIdentity, writeIdentity } from '../../cms/identity.ts'
import { OID } from '../../cms/oids.ts'
import { DerError } from '../../der/error.ts'
import { Fields, only } from '../../der/fields.ts'
import { parseDer } from '../../der/reader.ts'
import { TAG } from '../../der/tags.ts'
import { octets, oidText, smallInteger } from '../../der/values.ts'
import { integer, octetString, oid, sequence, setOf } from '../../der/writer.ts'

/** What is enveloped: the key, its header, and the host it comes from (TR-34:2019, Annex D). */
export interface Tr34KeyBlock {
  kdh: IssuerAndSerial
  key: Uint8Array
  /** ASCII. */
  header: Uint8Array
}

// The module of Annex D says v1(0), its sample in B.2.2.2.4 has 1; what is in the field follows the sample.
const VERSION = 1

export function writeTr34KeyBlock({ kdh, key, header }: Tr34KeyBlock): Uint8Array {
  const attribute = sequence(oid(OID.data), setOf(octetString(header)))
  return sequence(integer(VERSION), writeIdentity(kdh), octetString(key), attribute)
}

/** Throws DerError. */
export function readTr34KeyBlock(bytes: Uint8Array): Tr34KeyBlock {
  const fields = new Fields(parseDer(bytes), TAG.sequence, 'KeyBlock')
  if (smallInteger(fields.take(TAG.integer, 'version')) !== VERSION)
    throw new DerError(`KeyBlock: expected version ${VERSION}`)
  const kdh = readIdentity(fields.take(TAG.sequence, 'idKDH'))
  const key = octets(fields.take(TAG.octetString, 'clearKey'))
  const attribute = new Fields(fields.take(TAG.sequence, 'keyBlockHeader'), TAG.sequence, 'KeyBlockHeader')
  fields.end()
  if (oidText(attribute.take(TAG.oid, 'type')) !== OID.data)
    throw new DerError('KeyBlockHeader: expected data')
  const header = octets(only(attribute.take(TAG.set, 'values'), TAG.set, 'KeyBlockHeader'))
  attribute.end()
  return { kdh, key, header }
}
