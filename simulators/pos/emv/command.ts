import type { Command } from '../../../protocols/apdu/command.ts'

// Commands of EMV 4.4 Book 3, 6.5, beside those of protocols/apdu/commands.ts.

/** VERIFY, 6.5.12. `enciphered`: the data are RSA of the PIN block, else the PIN block itself. */
export function verify(data: Uint8Array, enciphered: boolean): Command {
  return { cla: 0x00, ins: 0x20, p1: 0x00, p2: enciphered ? 0x88 : 0x80, data }
}

/** GET CHALLENGE, 6.5.6. */
export function getChallenge(): Command {
  return { cla: 0x00, ins: 0x84, p1: 0x00, p2: 0x00, le: 256 }
}

/** INTERNAL AUTHENTICATE, 6.5.9. `data`: what the DDOL asks for. */
export function internalAuthenticate(data: Uint8Array): Command {
  return { cla: 0x00, ins: 0x88, p1: 0x00, p2: 0x00, data, le: 256 }
}

/** EXTERNAL AUTHENTICATE, 6.5.4. `data`: Issuer Authentication Data, 8 to 16 bytes. */
export function externalAuthenticate(data: Uint8Array): Command {
  return { cla: 0x00, ins: 0x82, p1: 0x00, p2: 0x00, data }
}
