/** What an issuer needs of its HSM; `hardware/hsm` offers it. */
export interface CardKeys {
  /** Makes a card key under `label`, and hands it out once, wrapped (RFC 5649) under the key labelled `transportKey`. */
  generateCardKey(request: {
    label: string
    algorithm: CardAlgorithm
    transportKey: string
  }): Promise<{ wrapped: Uint8Array; kcv: string | null; publicKey: string | null }>
  /** Whether `cryptogram` was made by the card with this key over `data` (149 bytes of CDOL1). */
  verifyArqc(request: {
    scheme: 'interledger'
    key: string
    cid: number
    data: Uint8Array
    cryptogram: Uint8Array
  }): Promise<boolean>
}

export type CardAlgorithm = 'aes-128' | 'ec-p256'
