import { readRecord } from '../../../protocols/apdu/commands.ts'
import type { AflEntry } from '../../../protocols/emv/afl.ts'
import type { AuthenticatedRecord } from '../../../protocols/emv/oda/static-data.ts'
import { templateOf } from '../card-data.ts'
import { ask, type Kernel2Context, parsing } from './context.ts'
import { go, type Phase } from './endings.ts'

const LAST_SFI_OF_EMV = 10

/** Reads the records of the AFL, Book C-2, states 4 and 7; gives those that take part in offline data authentication. */
export async function readRecords(
  context: Kernel2Context,
  afl: readonly AflEntry[],
): Promise<Phase<AuthenticatedRecord[]>> {
  const signed: AuthenticatedRecord[] = []
  for (const { sfi, record, offline } of afl.flatMap(recordsOf)) {
    const name = `READ RECORD ${record} of SFI ${sfi}`
    const answer = await ask(context, name, readRecord(sfi, record))
    if (!answer.done) return answer
    const stored = parsing(context, name, () => store(context, sfi, answer.value))
    if (!stored.done) return stored
    if (offline) signed.push({ sfi, bytes: answer.value })
  }
  context.note('Read application data', [...context.recordTags].join(' ') || 'nothing')
  return go(signed)
}

// Files above SFI 10 belong to the payment system or the issuer: they are authenticated and not read (EMV 4.4 Book 3, 5.3.2.2).
function store({ data, recordTags }: Kernel2Context, sfi: number, bytes: Uint8Array): void {
  if (sfi > LAST_SFI_OF_EMV) return
  data.addRecord(templateOf({ data: bytes }, '70').children ?? [], recordTags)
}

function recordsOf({ sfi, first, last, offline }: AflEntry): {
  sfi: number
  record: number
  offline: boolean
}[] {
  return Array.from({ length: last - first + 1 }, (_, index) => ({
    sfi,
    record: first + index,
    offline: index < offline,
  }))
}
