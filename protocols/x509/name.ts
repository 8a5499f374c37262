import { Fields, only } from '../der/fields.ts'
import { type Der, parseDer } from '../der/reader.ts'
import { TAG } from '../der/tags.ts'
import { oidText } from '../der/values.ts'
import { encodeDer, oid, sequence, setOf } from '../der/writer.ts'
import { X509_OID } from './oids.ts'

/** A distinguished name of the attributes used here; each at most once. */
export interface Name {
  organization?: string
  /** The model, in names of devices. */
  organizationalUnit?: string
  commonName?: string
  /** The serial number of a device (X.520, 6.2.9), not of its certificate. */
  serialNumber?: string
}

const UTF8_STRING = 0x0c
const PRINTABLE_STRING = 0x13
// In the order in which a name is written, from the root down.
const ATTRIBUTES: readonly (readonly [field: keyof Name, type: string, tag: number])[] = [
  ['organization', X509_OID.organization, UTF8_STRING],
  ['organizationalUnit', X509_OID.organizationalUnit, UTF8_STRING],
  ['commonName', X509_OID.commonName, UTF8_STRING],
  // X.520 has it as PrintableString alone.
  ['serialNumber', X509_OID.serialNumber, PRINTABLE_STRING],
]

/** A Name in DER. */
export function writeName(name: Name): Uint8Array {
  const attributes = ATTRIBUTES.flatMap(([field, type, tag]) => {
    const text = name[field]
    return text === undefined ? [] : [setOf(sequence(oid(type), encodeDer(tag, Buffer.from(text))))]
  })
  return sequence(...attributes)
}

/** The attributes used here of a Name in DER; others are left out. Throws DerError. */
export function readName(bytes: Uint8Array): Name {
  const name: Name = {}
  for (const relative of parseDer(bytes).children) {
    const [type, text] = readAttribute(relative)
    const [field] = ATTRIBUTES.find(([, known]) => known === type) ?? []
    if (field !== undefined) name[field] = text
  }
  return name
}

function readAttribute(relative: Der): [type: string, text: string] {
  const pair = new Fields(only(relative, TAG.set, 'RelativeDistinguishedName'), TAG.sequence, 'Attribute')
  const type = oidText(pair.take(TAG.oid, 'type'))
  const text = Buffer.from(pair.any('value').value).toString('utf8')
  pair.end()
  return [type, text]
}
