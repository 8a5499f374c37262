/** What a terminal type (9F35) says, EMV 4.4 Book 4, A1. */
export interface TerminalType {
  attended: boolean
  canGoOnline: boolean
  /** Always goes online. */
  onlineOnly: boolean
  /** An unattended terminal of a financial institution: an ATM when it has cash (Book 4, A1). */
  unattendedOfBank: boolean
}

/** Reads 9F35, two decimal digits: who operates it (1 bank, 2 merchant, 3 cardholder) and how it works (1 to 6). */
export function terminalTypeOf(type: string): TerminalType {
  const operator = type.charAt(0)
  const operation = Number(type.charAt(1))
  return {
    attended: operation <= 3,
    canGoOnline: operation % 3 !== 0,
    onlineOnly: operation % 3 === 1,
    unattendedOfBank: operator === '1' && operation > 3,
  }
}

/** Whether it is an ATM: of a bank, unattended, and gives cash (9F40 byte 1 bit 8), Book 4, A1. */
export function isAtm(type: string, additionalCapabilities: Uint8Array): boolean {
  return terminalTypeOf(type).unattendedOfBank && ((additionalCapabilities[0] ?? 0) & 0x80) !== 0
}
