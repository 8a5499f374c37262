import type { Profile } from './bench/profile.ts'
import { lacking } from './hsm/modules.ts'

/** What a scenario may need of a bench beyond sockets that are filled: a tag `@requires:NAME`. */
interface Requirement {
  served(profile: Profile): boolean
  /** Why a bench does not serve it. */
  otherwise: string
}

const REQUIREMENTS: Readonly<Record<string, Requirement>> = {
  'embedded-rafiki': {
    served: ({ rafiki }) => rafiki.socket === 'embedded',
    otherwise: 'stops services of Rafiki or moves its clock: needs rafiki.socket embedded',
  },
  'controlled-merchant-ase': {
    served: ({ merchantAse }) => merchantAse.socket === 'simulated',
    otherwise:
      'registers, changes or stops something at the merchant ASE: needs merchantAse.socket simulated',
  },
  'several-currencies': {
    served: ({ currencies }) => ['EUR', 'JPY', 'KWD'].every((code) => currencies.includes(code)),
    otherwise: 'pays in more than one currency: needs EUR, JPY and KWD in currencies',
  },
  nss: {
    served: () => lacking('NSS softokn') === null,
    otherwise: lacking('NSS softokn') ?? '',
  },
  opencryptoki: {
    served: () => lacking('opencryptoki') === null,
    // Asked for when it is needed alone: it takes a process to know.
    get otherwise() {
      return lacking('opencryptoki') ?? ''
    },
  },
}

const PREFIX = '@requires:'

/**
 * Why a bench of this profile cannot serve a scenario with these tags; null when it can. Throws when a tag requires what nobody knows:
 * else a misspelt one would run what cannot work.
 */
export function unserved(tags: readonly string[], profile: Profile): string | null {
  const reasons = tags.filter((tag) => tag.startsWith(PREFIX)).map((tag) => lackOf(tag, profile))
  return reasons.find((reason) => reason !== null) ?? null
}

function lackOf(tag: string, profile: Profile): string | null {
  const requirement = REQUIREMENTS[tag.slice(PREFIX.length)]
  if (requirement !== undefined) return requirement.served(profile) ? null : requirement.otherwise
  const known = Object.keys(REQUIREMENTS).map((name) => `${PREFIX}${name}`)
  throw new Error(`expected one of ${known.join(', ')}, got the tag ${tag}`)
}
