import { z } from 'zod'
import { fromHex, toHex } from '../../../protocols/bytes/bytes.ts'
import { DUKPT_SCHEMES, type DukptName } from '../../../protocols/dukpt/schemes.ts'
import {
  type ExpectedFreshness,
  openKeyToken,
  type ReceivedKey,
} from '../../../protocols/keyblock/tr34/key-token.ts'
import { buildRandomToken } from '../../../protocols/keyblock/tr34/random-token.ts'
import { initialKeyId, KEY_PURPOSES, type KeyPurpose } from '../../../protocols/onboarding/key-purposes.ts'
import type { Random } from '../../common/uuid.ts'
import { profileOf } from '../device/configuration.ts'
import { DEVICE_KEYS, type Device } from '../device/device.ts'
import type { DeviceKey, KeySet } from '../device/key-set.ts'
import type { Registration } from '../device/registration.ts'
import type { CeremonyOptions } from './onboard.ts'
import { type CeremonyOutcome, ceremony, RefusedByAse, stop } from './outcome.ts'
import { expectReady } from './ready.ts'
import type { TrustApi } from './trust-api.ts'

export interface RotationOptions extends CeremonyOptions {
  random: Random
  /** TR-34: two passes answer the device's random number, one pass is signed after the last one. */
  passes: 1 | 2
  /** Which DUKPT the new keys are of; default: what the configuration says, else that of the keys in use, else AES. */
  dukpt?: DukptName | undefined
}

interface TakenKey {
  id: string
  received: ReceivedKey
}

const base64 = z
  .base64()
  .max(32_768)
  .transform((text) => new Uint8Array(Buffer.from(text, 'base64')))
const keyAnswer = z.object({
  generation: z.number().int().min(1),
  tokens: z.object({ PIN: base64, SRED: base64 }),
})
const confirmed = z.object({ generation: z.number().int(), dueAt: z.number().nullable() })
const status = z.object({
  generation: z.number().nullable(),
  dueAt: z.number().nullable(),
  rotationDue: z.boolean(),
})
const RANDOM_BYTES = 16

type KeyAnswer = z.infer<typeof keyAnswer>

/**
 * Gets new keys and uses them once the merchant ASE knows that they arrived: until then the former ones. A rotation that was cut before
 * its confirmation was answered is confirmed first, and is then the result, unless keys of another DUKPT are wanted.
 */
export function rotate(device: Device, options: RotationOptions): Promise<CeremonyOutcome> {
  const running = RUNNING.get(device)
  if (running !== undefined) return running
  const rotation = rotateOnce(device, options).finally(() => RUNNING.delete(device))
  RUNNING.set(device, rotation)
  return rotation
}

// Who asks for a rotation while one is under way gets that one.
const RUNNING = new WeakMap<Device, Promise<CeremonyOutcome>>()

function rotateOnce(device: Device, options: RotationOptions): Promise<CeremonyOutcome> {
  return ceremony(async () => {
    expectReady(device)
    const { staged: former } = device
    const confirmed = former !== null && (await confirmStaged(device, former, options))
    if (confirmed && former.dukpt === wantedDukpt(device, options)) return
    const staged = await fetchKeys(device, options)
    device.stage(staged)
    await options.keep(device)
    if (!(await confirmStaged(device, staged, options)))
      throw new RefusedByAse('generation_unknown', 'keys were withdrawn meanwhile')
  })
}

/** Rotates when the merchant ASE says that it is due; `rotated` is false when it is not. */
export async function rotateIfDue(
  device: Device,
  options: RotationOptions,
): Promise<{ outcome: CeremonyOutcome; rotated: boolean }> {
  let due = false
  const asked = await ceremony(async () => {
    expectReady(device)
    due =
      (await options.api.postSigned(device, '/keys/status', {}, status)).rotationDue || device.staged !== null
  })
  return asked.done && due
    ? { outcome: await rotate(device, options), rotated: true }
    : { outcome: asked, rotated: false }
}

function wantedDukpt({ configuration, current }: Device, { dukpt }: RotationOptions): DukptName {
  if (dukpt !== undefined) return dukpt
  return configuration === null ? (current?.dukpt ?? 'AES') : profileOf(configuration).dukpt
}

/** False when the merchant ASE knows nothing of them any more: they are dropped. */
async function confirmStaged(
  device: Device,
  staged: KeySet,
  { api, journal, keep }: RotationOptions,
): Promise<boolean> {
  const checkValues = { PIN: staged.keys.PIN.kcv, SRED: staged.keys.SRED.kcv }
  try {
    await api.postSigned(device, '/keys/confirm', { generation: staged.generation, checkValues }, confirmed)
  } catch (error) {
    if (!(error instanceof RefusedByAse) || !GONE.includes(error.reason)) throw error
    device.dropStaged()
    await keep(device)
    return false
  }
  device.activate()
  await keep(device)
  const { PIN, SRED } = staged.keys
  const keys = `PIN ${PIN.id} (check value ${PIN.kcv}), SRED ${SRED.id} (${SRED.kcv})`
  journal.record({
    kind: 'terminal',
    step: 'Key rotation',
    detail: `generation ${staged.generation}: ${keys}`,
  })
  return true
}

const GONE: readonly string[] = ['generation_unknown', 'check_value_wrong']

async function fetchKeys(device: Device, options: RotationOptions): Promise<KeySet> {
  const { api, random, passes, clock } = options
  const randomNumber = random(RANDOM_BYTES)
  const dukpt = wantedDukpt(device, options)
  const answer = await askKeys(device, api, dukpt, passes === 2 ? randomNumber : null)
  const freshness = passes === 2 ? { randomNumber } : { after: device.lastSignedAt }
  if (answer.generation <= (device.current?.generation ?? 0)) stop('generation_old', `${answer.generation}`)
  // Both are opened and judged before either is loaded.
  const taken = new Map(
    KEY_PURPOSES.map((purpose) => [
      purpose,
      take(device, answer, { purpose, dukpt }, freshness, new Date(clock.now())),
    ]),
  )
  const ids = [...taken.values()].map(({ id }) => id)
  if (new Set(ids).size < ids.length || ids.some((id) => device.knows(id))) stop('keys_repeated')
  device.lastSignedAt = [...taken.values()][0]?.received.signedAt ?? device.lastSignedAt
  return {
    generation: answer.generation,
    dukpt,
    keys: { PIN: load(device, dukpt, taken.get('PIN')), SRED: load(device, dukpt, taken.get('SRED')) },
  }
}

function askKeys(
  device: Device,
  api: TrustApi,
  dukpt: DukptName,
  randomNumber: Uint8Array | null,
): Promise<KeyAnswer> {
  const token = randomNumber === null ? null : Buffer.from(buildRandomToken(randomNumber)).toString('base64')
  return api.postSigned(device, '/keys', { randomToken: token, dukpt }, keyAnswer)
}

function take(
  { parts, registration }: Device,
  { tokens }: KeyAnswer,
  { purpose, dukpt }: { purpose: KeyPurpose; dukpt: DukptName },
  freshness: ExpectedFreshness,
  at: Date,
): TakenKey {
  const { receiving, issuers, host }: Registration = registration ?? stop('not_onboarded')
  const decrypt = (block: Uint8Array) => parts.keyStore.decrypt(DEVICE_KEYS.receiving, block)
  const krd = { certificate: receiving, decrypt }
  const opened = openKeyToken(
    tokens[purpose],
    krd,
    { kdh: host, trust: { issuers, at, crl: 'required' } },
    freshness,
  )
  if (!opened.valid) return stop('token_refused', `${purpose}: ${opened.reason}`)
  const id = initialKeyId(opened.value.header, purpose, DUKPT_SCHEMES[dukpt])
  return id === null ? stop('key_header_wrong', purpose) : { id, received: opened.value }
}

function load({ parts }: Device, dukpt: DukptName, taken: TakenKey | undefined): DeviceKey {
  if (taken === undefined) throw new Error('expected a key for each purpose')
  const { handle, kcv } = parts.whiteBox.load(taken.received.key, fromHex(taken.id), dukpt)
  return { handle, id: taken.id, kcv: toHex(kcv) }
}
