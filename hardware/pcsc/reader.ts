/** A card in a reader, powered and selected for exclusive use by one terminal. */
export interface CardConnection {
  /** Answer to reset, ISO 7816-3. */
  readonly atr: Uint8Array
  /**
   * Sends one command APDU and returns the response APDU, status word last. 61xx and 6Cxx are returned raw: answering them is the
   * terminal's business. Throws {@link CardRemovedError} when the card left, {@link ReaderError} when the reader broke.
   */
  transmit(command: Uint8Array): Promise<Uint8Array>
  /** Lets go of the card; never throws, harmless when called twice. */
  disconnect(): Promise<void>
}

/** Anything that cards can be put into: a PC/SC reader, a virtual one, or a direct call. */
export interface CardReader {
  readonly name: string
  /** Waits until a card is there, at most `timeoutMs`. Throws {@link CardRemovedError} when none came. */
  connect(timeoutMs: number): Promise<CardConnection>
}

/** The card is not, or no longer, in the field. */
export class CardRemovedError extends Error {
  override name = 'CardRemovedError'
}

/** The reader, the PC/SC service or its binding broke; the message says what was expected, what came, what to do. */
export class ReaderError extends Error {
  override name = 'ReaderError'
}
