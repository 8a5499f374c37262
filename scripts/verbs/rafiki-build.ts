import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROLES } from '../../simulators/rafiki/apart/environment.ts'
import { EXIT } from '../lib/exit.ts'
import { fillContext } from '../lib/stand-ins/context.ts'

export interface RafikiBuildOptions {
  base: string
}

/** Where the stand-ins are: what RAFIKI_IMAGES and RAFIKI_VERSION must be for them. */
const STAND_INS = { images: 'localhost/tapbench', version: 'stand-in' } as const
const LIMIT_MS = 10 * 60_000
const PROGRAMS = ['docker', 'podman'] as const

/** Builds the stand-ins for Rafiki's images, from the Dockerfile on `base`. Throws when an image cannot be built. */
export async function rafikiBuild({ base }: RafikiBuildOptions): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'tb-context-'))
  try {
    fillContext(folder)
    for (const role of ROLES) {
      const image = `${STAND_INS.images}/rafiki-${role}:${STAND_INS.version}`
      build(['build', '--tag', image, '--target', role, '--build-arg', `BASE=${base}`, folder], image)
      process.stdout.write(`built ${image}\n`)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
  const { images, version } = STAND_INS
  process.stdout.write(`To use them: RAFIKI_IMAGES=${images} RAFIKI_VERSION=${version} tapbench rafiki up\n`)
  return EXIT.done
}

function build(args: readonly string[], image: string): void {
  for (const program of PROGRAMS) {
    const { error, status, stdout, stderr } = spawnSync(program, args, {
      timeout: LIMIT_MS,
      encoding: 'utf8',
    })
    if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') continue
    if (status === 0) return
    const said = `${stdout}${stderr}`.trimEnd().split('\n').slice(-5).join('\n')
    throw new Error(`expected ${program} to build ${image}, got: ${error?.message ?? said}: see --base`)
  }
  throw new Error(`expected one of ${PROGRAMS.join(', ')} to build ${image}, found none: install one`)
}
