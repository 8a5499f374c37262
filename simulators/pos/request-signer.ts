import type { KeyObject } from 'node:crypto'
import {
  type SignableRequest,
  type SigningIdentity,
  signRequest,
} from '../../protocols/signatures/http-message.ts'

/** Signs a request (RFC 9421) with a key that stays where it is, and gives the headers to send. */
export type RequestSigner = (
  request: SignableRequest,
  identity: Omit<SigningIdentity, 'privateKey'>,
) => Promise<Record<string, string>>

/** Signs with a key that is at hand: Ed25519 or P-256, private. */
export function signingWith(privateKey: KeyObject): RequestSigner {
  return (request, identity) => signRequest(request, { ...identity, privateKey })
}
