/** Every reason for which a merchant ASE refuses a terminal's onboarding or its keys, with the HTTP status that says so. */
export const TRUST_REASONS = {
  request_malformed: { status: 400, text: 'request does not have the form of the API' },
  // who is this device?
  signing_request_refused: { status: 400, text: 'request for the signing certificate is refused' },
  receiving_request_refused: { status: 400, text: 'request for the key-receiving certificate is refused' },
  signing_key_kind: { status: 400, text: 'signing key is neither Ed25519 nor P-256' },
  receiving_key_kind: { status: 400, text: 'key-receiving key is not RSA' },
  subject_wrong: { status: 400, text: 'request for a certificate names another device than the message' },
  attestation_refused: { status: 403, text: "manufacturer's certificate of the device is refused" },
  attestation_wrong: { status: 403, text: 'device did not sign what it says, or is not the one it says' },
  device_not_allowed: {
    status: 403,
    text: 'device of this serial number and model is not on the allow list',
  },
  device_onboarded: { status: 409, text: 'device is onboarded already: decommission it first' },
  key_reused: { status: 409, text: "key is another terminal's" },
  code_unknown: { status: 403, text: 'activation code is unknown' },
  code_used: { status: 403, text: 'activation code was used before' },
  code_expired: { status: 403, text: 'activation code has expired' },
  merchant_not_activated: { status: 403, text: 'merchant is not activated yet' },
  merchant_suspended: { status: 403, text: 'merchant is suspended' },
  merchant_closed: { status: 403, text: 'merchant is closed' },
  // is this the onboarded terminal?
  terminal_unknown: { status: 403, text: 'terminal is not onboarded' },
  terminal_decommissioned: { status: 403, text: 'terminal was taken out of service' },
  terminal_compromised: { status: 403, text: 'terminal was reported as compromised' },
  certificate_missing: { status: 401, text: 'terminal showed no certificate' },
  certificate_refused: { status: 403, text: "terminal's certificate is refused" },
  certificate_not_terminals: { status: 403, text: "certificate is another terminal's" },
  signature_wrong: { status: 401, text: 'request signature is wrong' },
  request_outside_window: { status: 401, text: 'request is older than its window' },
  request_replayed: { status: 401, text: 'request was sent before' },
  // its keys
  random_malformed: { status: 400, text: 'random number token does not have the form of TR-34' },
  random_reused: { status: 409, text: 'random number was sent before' },
  generation_unknown: { status: 409, text: 'no such key generation is waiting to be confirmed' },
  check_value_wrong: { status: 409, text: 'check value is not that of the key that was sent' },
  // its configuration
  configuration_missing: { status: 404, text: 'nobody has made a configuration for the terminal' },
} as const satisfies Record<string, { status: number; text: string }>

export type TrustReason = keyof typeof TRUST_REASONS

/** Why data enciphered under a terminal's keys are refused. */
export const KEY_REASONS = {
  keys_unknown: "key serial number is not one of the terminal's",
  keys_pending: 'key generation was not confirmed',
  keys_retired: 'key generation was replaced and its grace is over',
  keys_compromised: 'key generation was withdrawn in an emergency',
  keys_erased: 'terminal is out of service and its keys are erased',
  terminal_overdue: 'terminal did not rotate its keys in time',
} as const

export type KeyReason = keyof typeof KEY_REASONS

/** Every reason for which a terminal does not take what came in answer. Nothing was stored then. */
export const DEVICE_REASONS = {
  ase_unreachable: 'merchant ASE cannot be reached',
  answer_malformed: 'answer does not have the form of the API',
  tampered: 'device was tampered with and holds no keys',
  not_onboarded: 'device is not onboarded',
  onboarded_already: 'device is onboarded already',
  chain_refused: 'chain of the authority does not lead to the root that is trusted',
  certificate_refused: 'certificate is refused',
  certificate_not_ours: "certificate is not of this device's key and name",
  host_refused: "key distribution host's credential token is refused",
  token_refused: 'key token is refused',
  key_header_wrong: 'key is not for this use, or not with this initial key identifier',
  generation_old: 'key generation is not newer than the one in use',
  configuration_refused: 'configuration is not signed by who may sign it',
  configuration_malformed: 'configuration does not have the form that the terminal knows',
  configuration_foreign: 'configuration is for another terminal',
  configuration_early: 'configuration is of the future',
  configuration_expired: 'configuration has expired',
  not_configured: 'terminal has no configuration yet',
  configuration_old: 'configuration is older than the one in use, or another one of its version',
  keys_repeated: 'initial key identifier was used before, or is the same for two uses',
} as const

export type DeviceReason = keyof typeof DEVICE_REASONS
