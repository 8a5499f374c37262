/** What the terminal at the card desk says of a purchase of 12.50 EUR; by tag, hexadecimal. Published nowhere, secret nowhere. */
export const PURCHASE: Readonly<Record<string, string>> = {
  '9F02': '000000001250',
  '9F03': '000000000000',
  '9F1A': '0276',
  '95': '0000008000',
  '5F2A': '0978',
  '5F36': '02',
  '9A': '261121',
  '9C': '00',
  '9F21': '101500',
  '9F37': '01234567',
  '9F35': '22',
  '8A': '3030',
}

/** Entropy of the terminal for EXCHANGE RELAY RESISTANCE DATA, and its number for mag-stripe mode (9F6A). */
export const TERMINAL_ENTROPY = 'A1A2A3A4'
export const MAG_STRIPE_NUMBER = '00000123'
