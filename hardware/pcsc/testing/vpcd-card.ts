import { connect, type Socket } from 'node:net'

/** What a test card does with an APDU; frames include the two bytes of length. */
export type Behaviour = (command: Buffer, socket: Socket) => void

export const ATR = Buffer.from('3B8180018080', 'hex')

export function frame(content: Uint8Array): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(content.length)
  return Buffer.concat([length, content])
}

/** Answers every command with `9000`, or with what it says itself. */
export const polite: Behaviour = (_command, socket) => void socket.write(frame(Buffer.from('9000', 'hex')))

/** A card of a few lines, for tests of readers: one that can also break the protocol of vpcd. Resolves when pcscd has asked for its ATR. */
export async function insertTestCard(
  port: number,
  behaviour: Behaviour,
): Promise<{ remove(): Promise<void> }> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.on('error', () => socket.destroy())
  let noticed = () => {}
  const powered = new Promise<void>((resolve) => {
    noticed = resolve
  })
  let received = Buffer.alloc(0)
  socket.on('data', (bytes) => {
    received = Buffer.concat([received, bytes])
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE()) {
      const message = received.subarray(2, 2 + received.readUInt16BE())
      received = received.subarray(2 + message.length)
      if (message.length > 1) behaviour(message, socket)
      else if (message[0] === 0x04) socket.write(frame(ATR), () => noticed())
    }
  })
  await powered
  return {
    remove: async () => {
      socket.destroy()
      await closed
    },
  }
}
