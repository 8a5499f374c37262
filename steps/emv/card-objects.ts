import { type ApplicationProfile, type CardProfile, parseCardProfile } from '../../simulators/card/profile.ts'

/** Values by tag in hexadecimal; null takes the data object off the card. */
export type ObjectChanges = Readonly<Record<string, string | null>>

type Records = ApplicationProfile['records']

const PDOL = '9F38'

/**
 * The profile with other data objects in its first application. What is new goes into the last record. Certificates and signatures are made
 * over what stands in the records then. Throws `CardProfileError` when that is no profile.
 */
export function withObjects(profile: CardProfile, changes: ObjectChanges): CardProfile {
  const [first, ...others] = profile.applications
  if (first === undefined) throw new Error(`expected card profile ${profile.name} to have an application`)
  const { [PDOL]: pdol, ...objects } = changes
  const changed = Object.entries(objects).reduce(
    (application, [tag, value]) =>
      value === null ? without(application, tag) : withObject(application, tag, value),
    pdol === undefined ? first : { ...first, pdol: pdol ?? undefined },
  )
  // Through text, so that what a scenario says is checked as a file is.
  const text = JSON.stringify({ ...profile, applications: [changed, ...others] })
  return parseCardProfile(text, `${profile.name} of this scenario`)
}

function withObject(application: ApplicationProfile, tag: string, value: string): ApplicationProfile {
  const data = { ...application.data, [tag]: value }
  return isPlaced(application, tag)
    ? { ...application, data }
    : { ...application, data, records: appended(application.records, tag) }
}

function isPlaced({ records, fci, discretionary, processingOptions }: ApplicationProfile, tag: string) {
  const places = [fci, discretionary, processingOptions, ...records.map(({ tags }) => tags)]
  return tag === '94' || places.some((tags) => tags.includes(tag))
}

function appended(records: Records, tag: string): Records {
  return records.map((record, index) =>
    index === records.length - 1 ? { ...record, tags: [...record.tags, tag] } : record,
  )
}

function without(application: ApplicationProfile, tag: string): ApplicationProfile {
  const others = (tags: string[]) => tags.filter((each) => each !== tag)
  const { [tag]: _, ...data } = application.data
  return {
    ...application,
    data,
    personalised: others(application.personalised),
    fci: others(application.fci),
    discretionary: others(application.discretionary),
    entry: others(application.entry),
    processingOptions: others(application.processingOptions),
    getData: others(application.getData),
    putData: others(application.putData),
    records: renumbered(
      application.records
        .map((record) => ({ ...record, tags: others(record.tags) }))
        .filter(({ tags }) => tags.length > 0),
    ),
  }
}

/** Records of a file follow each other, also when one has nothing left in it. */
function renumbered(records: Records): Records {
  const last = new Map<number, number>()
  return records.map((each) => {
    const record = (last.get(each.sfi) ?? 0) + 1
    last.set(each.sfi, record)
    return { ...each, record }
  })
}
