/** How a card is connected. */
export type Interface = 'contact' | 'contactless'

/**
 * What an answer to reset tells of the interface: readers make one up for contactless cards, 3B 8x 80 01 … (PC/SC part 3, 3.1.3.2.3). No
 * contact card has that one: T=0 first and then T=1 without any interface byte.
 */
export function interfaceOf([ts, t0 = 0, td1, td2]: Uint8Array): Interface {
  return ts === 0x3b && t0 >> 4 === 0x8 && td1 === 0x80 && td2 === 0x01 ? 'contactless' : 'contact'
}
