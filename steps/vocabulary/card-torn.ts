import { type DataTable, Then, When } from '@cucumber/cucumber'
import { toHex } from '../../protocols/bytes/bytes.ts'
import type { CardDesk } from '../card/card-desk.ts'
import { commandOf } from '../card/command-text.ts'
import { must, shownAnswer, statusOf } from '../card/matching.ts'
import { bringTo } from '../card/stages.ts'
import type { TapWorld } from '../world.ts'

const GENERATE_AC = 0xae
const TERMINALS_NUMBER = '9F37'

When(
  "transactions with these numbers of the terminal's are torn:",
  async function (this: TapWorld, table: DataTable) {
    for (const [number = ''] of table.raw()) {
      this.cardDesk.told.set(TERMINALS_NUMBER, number)
      await bringTo(this.cardDesk, 'after the first GENERATE AC')
      await this.cardDesk.reset()
    }
  },
)

Then('in a new transaction the card answers:', async function (this: TapWorld, table: DataTable) {
  for (const { number = '', command = '', answer = '' } of table.hashes()) {
    this.cardDesk.told.set(TERMINALS_NUMBER, number)
    const status = await inNewTransaction(this.cardDesk, command)
    must(status === answer, `${answer} for ${number}`, status)
  }
})

Then('the answer is that of the last GENERATE AC', function (this: TapWorld) {
  const { response } = this.cardDesk
  const { data } = this.cardDesk.lastGood(GENERATE_AC)
  must(toHex(response.data) === toHex(data), shownAnswer({ data, sw: 0x9000 }), shownAnswer(response))
})

async function inNewTransaction(desk: CardDesk, command: string): Promise<string> {
  await bringTo(desk, 'after GET PROCESSING OPTIONS')
  await desk.send(await commandOf(desk, command))
  return statusOf(desk.response)
}
