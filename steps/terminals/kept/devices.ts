import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fromHex, toHex } from '../../../protocols/bytes/bytes.ts'
import type { Random } from '../../../simulators/common/uuid.ts'
import { Device, type DeviceFile, type DeviceSecrets } from '../../../simulators/pos/device/device.ts'

/** A device as it lies in a folder. Its secrets are what a real device has in hardware: nobody but the owner reads the file. */
interface KeptDevice {
  secrets: Record<keyof DeviceSecrets, string>
  device: DeviceFile
}

/** Devices of an estate, by name. */
export class KeptDevices {
  readonly #folder: string
  readonly #random: Random

  /** `folder`: the estate's. */
  constructor(folder: string, random: Random) {
    this.#folder = join(folder, 'devices')
    this.#random = random
  }

  /** Null when there is none of this name. */
  async load(name: string): Promise<{ device: Device; secrets: DeviceSecrets } | null> {
    const text = await readFile(this.#file(name), 'utf8').catch(ifThere)
    if (text === null) return null
    const kept: KeptDevice = JSON.parse(text)
    const secrets = { tmk: fromHex(kept.secrets.tmk), storageKey: fromHex(kept.secrets.storageKey) }
    return { device: Device.restore(kept.device, secrets, this.#random), secrets }
  }

  /** Whole or not at all, in place of what was there. */
  async save(name: string, device: Device, { tmk, storageKey }: DeviceSecrets): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    const kept: KeptDevice = {
      secrets: { tmk: toHex(tmk), storageKey: toHex(storageKey) },
      device: device.save(),
    }
    const file = this.#file(name)
    await writeFile(`${file}.new`, JSON.stringify(kept), { mode: 0o600 })
    await rename(`${file}.new`, file)
  }

  async names(): Promise<string[]> {
    const files = (await readdir(this.#folder).catch(ifThere)) ?? []
    return files.filter((file) => file.endsWith(SUFFIX)).map((file) => file.slice(0, -SUFFIX.length))
  }

  #file(name: string): string {
    return join(this.#folder, `${name}${SUFFIX}`)
  }
}

const SUFFIX = '.json'

function ifThere(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}
