/** A currency of ISO 4217. */
export interface Currency {
  /** Three letters: `EUR`. */
  code: string
  /** Four digits, as tag 5F2A has them: `0978`. */
  numeric: string
  /** Decimal places of its smallest unit. */
  exponent: number
}

/** ISO 4217: letters, numeric code, decimal places. */
const TABLE: readonly (readonly [code: string, numeric: string, exponent: number])[] = [
  ['AED', '0784', 2],
  ['ARS', '0032', 2],
  ['AUD', '0036', 2],
  ['BDT', '0050', 2],
  ['BGN', '0975', 2],
  ['BHD', '0048', 3],
  ['BRL', '0986', 2],
  ['CAD', '0124', 2],
  ['CHF', '0756', 2],
  ['CLP', '0152', 0],
  ['CNY', '0156', 2],
  ['COP', '0170', 2],
  ['CZK', '0203', 2],
  ['DKK', '0208', 2],
  ['EGP', '0818', 2],
  ['EUR', '0978', 2],
  ['GBP', '0826', 2],
  ['GHS', '0936', 2],
  ['HKD', '0344', 2],
  ['HUF', '0348', 2],
  ['IDR', '0360', 2],
  ['ILS', '0376', 2],
  ['INR', '0356', 2],
  ['IQD', '0368', 3],
  ['ISK', '0352', 0],
  ['JOD', '0400', 3],
  ['JPY', '0392', 0],
  ['KES', '0404', 2],
  ['KRW', '0410', 0],
  ['KWD', '0414', 3],
  ['LYD', '0434', 3],
  ['MAD', '0504', 2],
  ['MXN', '0484', 2],
  ['MYR', '0458', 2],
  ['NGN', '0566', 2],
  ['NOK', '0578', 2],
  ['NZD', '0554', 2],
  ['OMR', '0512', 3],
  ['PEN', '0604', 2],
  ['PHP', '0608', 2],
  ['PKR', '0586', 2],
  ['PLN', '0985', 2],
  ['PYG', '0600', 0],
  ['RON', '0946', 2],
  ['RWF', '0646', 0],
  ['SAR', '0682', 2],
  ['SEK', '0752', 2],
  ['SGD', '0702', 2],
  ['THB', '0764', 2],
  ['TND', '0788', 3],
  ['TRY', '0949', 2],
  ['TWD', '0901', 2],
  ['TZS', '0834', 2],
  ['UAH', '0980', 2],
  ['UGX', '0800', 0],
  ['USD', '0840', 2],
  ['VND', '0704', 0],
  ['XAF', '0950', 0],
  ['XOF', '0952', 0],
  ['ZAR', '0710', 2],
]

export const CURRENCIES: readonly Currency[] = TABLE.map(([code, numeric, exponent]) => ({
  code,
  numeric,
  exponent,
}))

/** The currency with these three letters, or undefined. */
export function currencyByCode(code: string): Currency | undefined {
  return CURRENCIES.find((currency) => currency.code === code)
}

/** The currency with this numeric code in four digits (`0978`), or undefined. */
export function currencyByNumeric(numeric: string): Currency | undefined {
  return CURRENCIES.find((currency) => currency.numeric === numeric)
}
