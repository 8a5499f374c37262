import { octetString, sequence } from '../der/writer.ts'

/** What a device says of itself and of what it asks for. */
export interface DeviceStatement {
  serial: string
  model: string
  activationCode: string
  /** PKCS #10, DER. */
  signingRequest: Uint8Array
  /** PKCS #10, DER. */
  receivingRequest: Uint8Array
}

/** What a device signs under the key that its manufacturer certified: the whole statement, unambiguously. */
export function statementBytes(statement: DeviceStatement): Uint8Array {
  const { serial, model, activationCode, signingRequest, receivingRequest } = statement
  const texts = [serial, model, activationCode].map((text) => octetString(Buffer.from(text)))
  return sequence(...texts, signingRequest, receivingRequest)
}
