/** What a PIN pad gave. */
export type PinEntry =
  /** `pin`: 4 to 12 digits; it stays within the kernel. */
  { kind: 'entered'; pin: string } | { kind: 'bypassed' } | { kind: 'not working' }

/** What a PIN pad gave for the issuer: already enciphered, tag 99. */
export type OnlinePinEntry =
  | { kind: 'entered'; pinData: Uint8Array }
  | { kind: 'bypassed' }
  | { kind: 'not working' }

/** An application as a cardholder is shown it. */
export interface Choice {
  /** Upper-case hexadecimal. */
  aid: string
  label: string
}

/** Whoever stands before the terminal: EMV 4.4 Book 1, 12.4, and Book 4, 6.3.4. */
export interface Cardholder {
  /** An index into `choices`, or null to cancel. */
  choose(choices: readonly Choice[]): Promise<number | null>
  /** A PIN for the card. `triesLeft`: as far as the card tells. */
  offlinePin(triesLeft: number | null): Promise<PinEntry>
  onlinePin(): Promise<OnlinePinEntry>
}

/** Takes the first application, and there is no PIN pad. */
export const silentCardholder: Cardholder = {
  choose: async () => 0,
  offlinePin: async () => ({ kind: 'not working' }),
  onlinePin: async () => ({ kind: 'not working' }),
}
