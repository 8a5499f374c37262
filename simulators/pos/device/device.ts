import type { X509Certificate } from 'node:crypto'
import { readCertificate } from '../../../protocols/cms/identity.ts'
import { KEY_PURPOSES } from '../../../protocols/onboarding/key-purposes.ts'
import type { TlsClient } from '../../common/http-client.ts'
import type { Random } from '../../common/uuid.ts'
import type { RequestSigner } from '../request-signer.ts'
import { type ConfigurationDocument, readConfiguration } from './configuration.ts'
import { type KeySet, restoreKeySet, type SavedKeySet } from './key-set.ts'
import { KeyStore, type MakeKey, type SavedKeyStore } from './key-store.ts'
import {
  type Registration,
  restoreRegistration,
  type SavedRegistration,
  saveRegistration,
} from './registration.ts'
import { type SavedWhiteBox, WhiteBox } from './white-box.ts'

/** Names of the keys in the device's keystore. */
export const DEVICE_KEYS = { attestation: 'attestation', signing: 'signing', receiving: 'receiving' } as const

const CONFIGURATION = 'configuration'

/** What hardware protects in a real device: 32 bytes each, in no file. */
export interface DeviceSecrets {
  /** Terminal master key, of the WhiteBox. */
  tmk: Uint8Array
  /** Of the keystore. */
  storageKey: Uint8Array
}

/** What a device is made of. */
export interface DeviceParts {
  serial: string
  model: string
  /** The manufacturer's, for the attestation key. */
  attestation: X509Certificate
  /** The root that the device trusts by itself. */
  root: X509Certificate
  whiteBox: WhiteBox
  keyStore: KeyStore
}

/** A device as its file has it: JSON, keys sealed under the {@link DeviceSecrets}. An older file must not be restored: keys would be used twice. */
export interface DeviceFile {
  serial: string
  model: string
  /** DER, base64. */
  attestation: string
  root: string
  whiteBox: SavedWhiteBox
  keyStore: SavedKeyStore
  registration: SavedRegistration | null
  /** What it works by: a {@link ConfigurationDocument}, sealed. */
  configuration: string | null
  /** Body of an onboarding request that was not answered yet. */
  asked: string | null
  current: SavedKeySet | null
  staged: SavedKeySet | null
  /** Identifiers of all initial keys that the device ever took. */
  knownIds: string[]
  /** Milliseconds since 1970: when the last one-pass token was signed; null before. */
  lastSignedAt: number | null
}

/** A point of sale as a thing: who it is, its two stores, what it was told. */
export class Device {
  readonly parts: DeviceParts
  registration: Registration | null = null
  configuration: ConfigurationDocument | null = null
  asked: string | null = null
  lastSignedAt: Date | null = null
  #shown: { registration: Registration; client: TlsClient } | null = null
  #current: KeySet | null = null
  #staged: KeySet | null = null
  readonly #knownIds = new Set<string>()

  constructor(parts: DeviceParts) {
    this.parts = parts
  }

  /** Throws when the file was sealed under other secrets, or its configuration was changed. */
  static restore(file: DeviceFile, secrets: DeviceSecrets, random: Random, makeKey?: MakeKey): Device {
    const device = new Device({
      serial: file.serial,
      model: file.model,
      attestation: readCertificate(Buffer.from(file.attestation, 'base64')),
      root: readCertificate(Buffer.from(file.root, 'base64')),
      whiteBox: new WhiteBox(secrets.tmk, random, file.whiteBox),
      keyStore: new KeyStore(secrets.storageKey, random, makeKey, file.keyStore),
    })
    device.registration = file.registration === null ? null : restoreRegistration(file.registration)
    if (file.configuration !== null)
      device.configuration = readConfiguration(
        device.parts.keyStore.unseal(CONFIGURATION, file.configuration),
      )
    device.asked = file.asked
    device.lastSignedAt = file.lastSignedAt === null ? null : new Date(file.lastSignedAt)
    device.#current = restoreKeySet(file.current)
    device.#staged = restoreKeySet(file.staged)
    for (const id of file.knownIds) device.#knownIds.add(id)
    return device
  }

  /** The keys in use. */
  get current(): KeySet | null {
    return this.#current
  }

  /** Keys that were taken and not confirmed yet. */
  get staged(): KeySet | null {
    return this.#staged
  }

  /** How the terminal shows itself in TLS, by the certificate of its onboarding. Throws when it was not onboarded. */
  get tlsClient(): TlsClient {
    const { registration } = this
    if (registration === null)
      throw new Error('expected an onboarded device, it has no certificate: onboard it')
    if (this.#shown?.registration !== registration) {
      const chain = [registration.signing, ...registration.issuers.slice(0, -1)].map(String)
      this.#shown = { registration, client: this.parts.keyStore.tlsClient(DEVICE_KEYS.signing, chain) }
    }
    return this.#shown.client
  }

  /** Signs a request with the key that was certified at the onboarding. */
  readonly signRequest: RequestSigner = (request, identity) =>
    this.parts.keyStore.signRequest(DEVICE_KEYS.signing, request, identity)

  knows(id: string): boolean {
    return this.#knownIds.has(id)
  }

  /** Keeps new keys beside those in use, in place of others that were never confirmed. */
  stage(set: KeySet): void {
    this.dropStaged()
    for (const purpose of KEY_PURPOSES) this.#knownIds.add(set.keys[purpose].id)
    this.#staged = set
  }

  /** Uses the staged keys from now on; the former ones are overwritten. */
  activate(): void {
    if (this.#staged === null) throw new Error('expected staged keys, there are none: stage them first')
    this.#discard(this.#current)
    this.#current = this.#staged
    this.#staged = null
  }

  dropStaged(): void {
    this.#discard(this.#staged)
    this.#staged = null
  }

  /** Forgets what the onboarding brought: keys, certificates, identity, configuration. */
  decommission(): void {
    this.dropStaged()
    this.#discard(this.#current)
    this.#current = null
    this.registration = null
    this.configuration = null
    this.asked = null
    this.parts.keyStore.erase(DEVICE_KEYS.signing)
    this.parts.keyStore.erase(DEVICE_KEYS.receiving)
  }

  /** Both stores are overwritten: the device is of no use any more. */
  tamper(): void {
    this.decommission()
    this.parts.whiteBox.tamper()
    this.parts.keyStore.tamper()
  }

  save(): DeviceFile {
    const { serial, model, attestation, root, whiteBox, keyStore } = this.parts
    return {
      serial,
      model,
      attestation: attestation.raw.toString('base64'),
      root: root.raw.toString('base64'),
      whiteBox: whiteBox.save(),
      keyStore: keyStore.save(),
      registration: this.registration === null ? null : saveRegistration(this.registration),
      configuration: this.#sealedConfiguration(),
      asked: this.asked,
      current: this.#current,
      staged: this.#staged,
      knownIds: [...this.#knownIds],
      lastSignedAt: this.lastSignedAt?.getTime() ?? null,
    }
  }

  #sealedConfiguration(): string | null {
    const { configuration } = this
    if (configuration === null) return null
    return this.parts.keyStore.seal(CONFIGURATION, Buffer.from(JSON.stringify(configuration)))
  }

  #discard(set: KeySet | null): void {
    for (const { handle } of Object.values(set?.keys ?? {})) this.parts.whiteBox.discard(handle)
  }
}
