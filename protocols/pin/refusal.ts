/** Why a PIN block is refused, in the order in which it is looked at. */
export const PIN_REFUSALS = {
  length_wrong: 'PIN block does not have the length of its format',
  pan_malformed: 'PAN is not 1 to 19 decimal digits',
  control_field_wrong: 'PIN block is of another format',
  pin_length_wrong: 'PIN block says a length that is not 4 to 12',
  filler_wrong: "filler of the PIN block is not its format's",
  pin_not_numeric: 'PIN in the block is not made of decimal digits',
} as const

export type PinRefusal = keyof typeof PIN_REFUSALS

/** The PIN of a block, or why there is none. Who answers a stranger says no more than that it is refused. */
export type PinReading = { ok: true; pin: string } | { ok: false; reason: PinRefusal }
