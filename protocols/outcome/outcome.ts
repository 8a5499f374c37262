/** The one word a terminal shows. */
export type Word = 'Approved' | 'Declined' | 'Failed'

/**
 * Every reason a tap can end without approval. `Declined`: a card, an issuer or a policy said no. `Failed`: something broke,
 * was forged or did not answer, so that nobody decided.
 */
export const REASONS = {
  // the issuer (customer ASE) decided
  payload_malformed: { word: 'Declined', text: 'card data cannot be read by the issuer' },
  card_unknown: { word: 'Declined', text: 'card is not known to the issuer' },
  wallet_mismatch: { word: 'Declined', text: "wallet address is not the card's" },
  card_inactive: { word: 'Declined', text: 'card is not active' },
  card_frozen: { word: 'Declined', text: 'card is frozen' },
  card_terminated: { word: 'Declined', text: 'card is terminated' },
  cryptogram_wrong: { word: 'Declined', text: "cryptogram is not the card's" },
  cryptogram_replayed: { word: 'Declined', text: 'cryptogram was used before' },
  atc_not_rising: { word: 'Declined', text: 'transaction counter did not rise' },
  un_reused: { word: 'Declined', text: 'unpredictable number was used before' },
  amount_mismatch: { word: 'Declined', text: "signed amount is not the payment's" },
  currency_mismatch: { word: 'Declined', text: "signed currency is not the payment's" },
  receiver_mismatch: { word: 'Declined', text: "signed receiver is not the payment's" },
  currency_not_accounts: { word: 'Declined', text: "currency is not the account's" },
  date_outside_window: { word: 'Declined', text: 'transaction date is outside the window' },
  balance_too_low: { word: 'Declined', text: 'balance is too low' },
  limit_exceeded: { word: 'Declined', text: 'amount is over the limit of the card' },
  pin_missing: { word: 'Declined', text: 'PIN is missing' },
  pin_tries_exceeded: { word: 'Declined', text: 'PIN tries are exceeded' },
  pin_wrong: { word: 'Declined', text: 'PIN is wrong' },
  // the issuer's HSM, or the merchant ASE's before it
  pin_unreadable: { word: 'Declined', text: 'PIN block cannot be read' },
  // the merchant ASE's policy decided
  merchant_not_activated: { word: 'Declined', text: 'merchant is not activated yet' },
  merchant_suspended: { word: 'Declined', text: 'merchant is suspended' },
  merchant_closed: { word: 'Declined', text: 'merchant is closed' },
  merchant_currency: { word: 'Declined', text: 'merchant does not take this currency' },
  merchant_limit: { word: 'Declined', text: 'amount is over the limit of the merchant' },
  // the merchant ASE could not accept or complete the request
  request_malformed: { word: 'Failed', text: 'request does not have the form of the POS API' },
  certificate_missing: { word: 'Failed', text: 'terminal showed no certificate' },
  certificate_refused: { word: 'Failed', text: "terminal's certificate is refused" },
  certificate_not_terminals: { word: 'Failed', text: "certificate is another terminal's" },
  terminal_unknown: { word: 'Failed', text: 'terminal is not registered' },
  terminal_overdue: { word: 'Failed', text: 'terminal did not rotate its keys in time' },
  ksn_refused: { word: 'Failed', text: 'key serial number is refused' },
  ksn_replayed: { word: 'Failed', text: 'key serial number was used before' },
  account_data_unreadable: { word: 'Failed', text: 'enciphered account data cannot be read' },
  pin_not_translated: { word: 'Failed', text: 'PIN block cannot be translated for the issuer' },
  hsm_unreachable: { word: 'Failed', text: 'HSM of the merchant ASE cannot be reached' },
  request_signature_wrong: { word: 'Failed', text: 'request signature is wrong' },
  request_outside_window: { word: 'Failed', text: 'request is older than its window' },
  request_replayed: { word: 'Failed', text: 'request was sent before' },
  receiver_unknown: { word: 'Failed', text: "merchant's wallet address is not known to Rafiki" },
  sender_unknown: { word: 'Declined', text: "card's wallet address cannot be found" },
  issuer_silent: { word: 'Failed', text: 'issuer did not answer in time' },
  issuer_unreachable: { word: 'Failed', text: 'issuer cannot be reached' },
  rafiki_unreachable: { word: 'Failed', text: 'Rafiki cannot be reached' },
  payment_not_completed: { word: 'Failed', text: 'payment was not completed' },
  payment_reversed: { word: 'Failed', text: 'payment was reversed' },
  refund_of_nothing: { word: 'Declined', text: 'payment has no money to give back' },
  refund_too_much: { word: 'Declined', text: 'refund is more than what is left of the payment' },
  refund_not_possible: { word: 'Failed', text: 'refund could not be sent' },
  // the terminal ended by itself
  card_declined: { word: 'Declined', text: 'card declined' },
  terminal_declined: { word: 'Declined', text: 'terminal declined by its rules' },
  issuer_declined: { word: 'Declined', text: 'issuer declined' },
  issuer_unknown: { word: 'Declined', text: 'card is not known to an issuer' },
  card_blocked: { word: 'Declined', text: 'card is blocked' },
  cardholder_cancelled: { word: 'Declined', text: 'cardholder cancelled' },
  not_configured: { word: 'Failed', text: 'terminal has no configuration yet' },
  configuration_expired: {
    word: 'Failed',
    text: "terminal's configuration has expired: it has to fetch one",
  },
  keys_exhausted: { word: 'Failed', text: "terminal's keys are used up: it has to rotate them" },
  no_common_application: { word: 'Failed', text: 'card and terminal have no application in common' },
  card_removed: { word: 'Failed', text: 'card was removed' },
  card_malformed: { word: 'Failed', text: 'card answered with data that breaks the specification' },
  pos_api_unreachable: { word: 'Failed', text: 'POS API cannot be reached' },
  pos_api_malformed: { word: 'Failed', text: 'POS API answered with data that breaks its contract' },
} as const satisfies Record<string, { word: Exclude<Word, 'Approved'>; text: string }>

export type ReasonCode = keyof typeof REASONS

/** How a tap ended: a value, never an exception. `code` and `reason` are null exactly when approved. */
export type Outcome =
  | { word: 'Approved'; code: null; reason: null }
  | { word: 'Declined' | 'Failed'; code: ReasonCode; reason: string }

export const APPROVED: Outcome = { word: 'Approved', code: null, reason: null }

/** The outcome that belongs to a reason. `detail` is added to its text, in parentheses. */
export function because(code: ReasonCode, detail?: string): Outcome {
  const { word, text } = REASONS[code]
  return { word, code, reason: detail === undefined ? text : `${text} (${detail})` }
}
