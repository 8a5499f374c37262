import type { ContactApplication } from '../../simulators/pos/contact/settings.ts'
import type { EmvSettings } from '../../simulators/pos/emv/settings.ts'
import { parseTerminalProfile, type TerminalProfile } from '../../simulators/pos/profile.ts'
import { parseMoney } from '../bench/money.ts'

type Change = (profile: TerminalProfile, value: string) => TerminalProfile

/** What a scenario can set on a terminal, by the name that it has there. Settings of an application are those of all contact applications. */
const SETTINGS: Readonly<Record<string, Change>> = {
  type: (profile, type) => ({ ...profile, type }),
  country: (profile, country) => ({ ...profile, country }),
  capabilities: inEmv((capabilities) => ({ capabilities })),
  'additional capabilities': inEmv((additionalCapabilities) => ({ additionalCapabilities })),
  'CA keys': inEmv((names) => ({ caKeys: names.split(/, */).filter((name) => name !== 'none') })),
  version: inApplications((version) => ({ version })),
  'floor limit': inApplications((amount) => ({ floorLimit: minorUnits(amount) })),
  'random target': inSelection((target) => ({ target: Number(target) })),
  'random maximum': inSelection((maximum) => ({ maximum: Number(maximum) })),
  'random threshold': inSelection((amount) => ({ threshold: minorUnits(amount) })),
  'TAC denial': inActionCodes((denial) => ({ denial })),
  'TAC online': inActionCodes((online) => ({ online })),
  'TAC default': inActionCodes((value) => ({ default: value })),
  'default DDOL': inApplications((ddol) => ({ ddol })),
  'default TDOL': inApplications((tdol) => ({ tdol })),
  AIDs: (profile, aids) => inContact(profile, (all) => applicationsOf(all, aids.split(/, */))),
  'partial names': inApplications((word) => ({ partial: isYes(word) })),
  'cardholder selection': (profile, word) => ({
    ...profile,
    contact: { ...contactOf(profile), cardholderSelection: isYes(word) },
  }),
}

/** The profile with these settings. Throws `TerminalProfileError`, and for a name that is none. */
export function withSettings(
  profile: TerminalProfile,
  settings: Readonly<Record<string, string>>,
): TerminalProfile {
  const changed = Object.entries(settings).reduce((before, [name, value]) => {
    const change = SETTINGS[name]
    if (change === undefined)
      throw new Error(`expected one of ${Object.keys(SETTINGS).join(', ')}, got "${name}"`)
    return change(before, value)
  }, profile)
  // A contactless part is not text any more; none of these settings touches it.
  const { contactless, ...text } = changed
  const checked = parseTerminalProfile(text, `${profile.id} of this scenario`)
  return contactless === undefined ? checked : { ...checked, contactless }
}

/** Nothing of the terminal's own makes it decline or go online, so that a scenario sees what it changed. */
export const UNDECIDED: Readonly<Record<string, string>> = {
  'TAC denial': '0000000000',
  'TAC online': '0000000000',
  'TAC default': '0000000000',
  'floor limit': '1000.00',
  'random target': '0',
  'random maximum': '0',
  'random threshold': '0.00',
}

function inEmv(part: (value: string) => Partial<EmvSettings>): Change {
  return (profile, value) => {
    if (profile.emv === undefined) throw new Error(`expected terminal ${profile.id} to have "emv"`)
    return { ...profile, emv: { ...profile.emv, ...part(value) } }
  }
}

function inApplications(part: (value: string) => Partial<ContactApplication>): Change {
  return (profile, value) => inContact(profile, (all) => all.map((each) => ({ ...each, ...part(value) })))
}

function inSelection(part: (value: string) => Partial<ContactApplication['randomSelection']>): Change {
  return (profile, value) =>
    inContact(profile, (all) =>
      all.map((each) => ({ ...each, randomSelection: { ...each.randomSelection, ...part(value) } })),
    )
}

function inActionCodes(part: (value: string) => Partial<ContactApplication['actionCodes']>): Change {
  return (profile, value) =>
    inContact(profile, (all) =>
      all.map((each) => ({ ...each, actionCodes: { ...each.actionCodes, ...part(value) } })),
    )
}

function inContact(
  profile: TerminalProfile,
  change: (applications: ContactApplication[]) => ContactApplication[],
): TerminalProfile {
  const contact = contactOf(profile)
  return { ...profile, contact: { ...contact, applications: change(contact.applications) } }
}

function contactOf({ id, contact }: TerminalProfile): NonNullable<TerminalProfile['contact']> {
  if (contact === undefined) throw new Error(`expected terminal ${id} to have "contact"`)
  return contact
}

/** The terminal's list, in this order; what it does not know yet is as its first application. */
function applicationsOf(all: ContactApplication[], aids: string[]): ContactApplication[] {
  return aids.flatMap((aid) => {
    const known = all.find((each) => each.aid === aid) ?? all[0]
    return known === undefined ? [] : [{ ...known, aid }]
  })
}

/** Of a currency with two decimals, as all limits of the terminal profiles are. */
function minorUnits(amount: string): number {
  return Number(parseMoney(amount, 'EUR').value)
}

function isYes(word: string): boolean {
  if (word === 'yes' || word === 'no') return word === 'yes'
  throw new Error(`expected yes or no, got "${word}"`)
}
