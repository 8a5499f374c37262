import type { Algorithm } from '../simulators/card/cryptogram.ts'
import type { Profile } from './bench/profile.ts'
import { lacking } from './hsm/modules.ts'

/** Of a bench, what scenarios may need of it. */
export interface Bearings {
  readonly profile: Profile
  /** The kinds of keys of the cards that scenarios can pay with. */
  readonly cardAlgorithms: readonly Algorithm[]
}

/** What a scenario may need of a bench beyond sockets that are filled: a tag `@requires:NAME`. */
interface Requirement {
  served(bench: Bearings): boolean
  /** Why a bench does not serve it. */
  otherwise: string
}

const REQUIREMENTS: Readonly<Record<string, Requirement>> = {
  'embedded-rafiki': {
    served: ({ profile }) => profile.rafiki.socket === 'embedded',
    otherwise: 'stops something inside Rafiki or moves its clock: needs rafiki.socket embedded',
  },
  'rafiki-services': {
    served: ({ profile }) => profile.rafiki.socket !== 'external',
    otherwise: 'stops point-of-sale or the card service: needs rafiki.socket embedded or docker',
  },
  'controlled-merchant-ase': {
    served: ({ profile }) => profile.merchantAse.socket === 'simulated',
    otherwise:
      'registers, changes or stops something at the merchant ASE: needs merchantAse.socket simulated',
  },
  'controlled-customer-ase': {
    served: ({ profile }) => profile.customerAse.socket === 'simulated',
    otherwise:
      'opens accounts, issues cards, changes, stops or reads something at the customer ASE: needs customerAse.socket simulated',
  },
  'card-decisions': {
    served: ({ profile: { customerAse } }) =>
      customerAse.socket === 'simulated' || customerAse.decisionsUrl !== null,
    otherwise: 'says why the issuer refuses: needs customerAse.decisionsUrl',
  },
  'aes-128-card': cardOf('aes-128'),
  'ec-p256-card': cardOf('ec-p256'),
  'several-currencies': {
    served: ({ profile: { currencies } }) => ['EUR', 'JPY', 'KWD'].every((code) => currencies.includes(code)),
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

function cardOf(algorithm: Algorithm): Requirement {
  return {
    served: ({ cardAlgorithms }) => cardAlgorithms.includes(algorithm),
    otherwise: `pays with a card that has a key of ${algorithm}: needs one in customerAse.cards.records`,
  }
}

const PREFIX = '@requires:'

/**
 * Why a bench cannot serve a scenario with these tags; null when it can. Throws when a tag requires what nobody knows:
 * else a misspelt one would run what cannot work.
 */
export function unserved(tags: readonly string[], bench: Bearings): string | null {
  const reasons = tags.filter((tag) => tag.startsWith(PREFIX)).map((tag) => lackOf(tag, bench))
  return reasons.find((reason) => reason !== null) ?? null
}

function lackOf(tag: string, bench: Bearings): string | null {
  const requirement = REQUIREMENTS[tag.slice(PREFIX.length)]
  if (requirement !== undefined) return requirement.served(bench) ? null : requirement.otherwise
  const known = Object.keys(REQUIREMENTS).map((name) => `${PREFIX}${name}`)
  throw new Error(`expected one of ${known.join(', ')}, got the tag ${tag}`)
}
