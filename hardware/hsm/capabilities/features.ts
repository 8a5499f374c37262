/**
 * What operations need of a token, each with the mechanisms that offer it: the first that really works is taken. Modules list mechanisms
 * that fail, or do something else under a number (NSS pads 210A its own way): `signer/probe.ts` tries them.
 */
export const FEATURES = {
  'aes-ecb': ['CKM_AES_ECB'],
  'aes-cbc': ['CKM_AES_CBC'],
  'aes-cmac': ['CKM_AES_CMAC'],
  'aes-ecb-derive': ['CKM_AES_ECB_ENCRYPT_DATA'],
  'aes-cbc-derive': ['CKM_AES_CBC_ENCRYPT_DATA'],
  'tdes-2': ['CKM_DES2_KEY_GEN'],
  'tdes-ecb': ['CKM_DES3_ECB'],
  'tdes-cbc': ['CKM_DES3_CBC'],
  'tdes-cmac': ['CKM_DES3_CMAC'],
  'tdes-ecb-derive': ['CKM_DES3_ECB_ENCRYPT_DATA'],
  hmac: ['CKM_SHA256_HMAC'],
  'key-wrap-pad': ['CKM_AES_KEY_WRAP_PAD', 'CKM_AES_KEY_WRAP_KWP'],
  'key-wrap-cbc': ['CKM_AES_CBC_PAD'],
  'ec-p256': ['CKM_ECDSA'],
  'ec-secp256k1': ['CKM_ECDSA'],
  ed25519: ['CKM_EDDSA'],
  'rsa-2048': ['CKM_RSA_PKCS_KEY_PAIR_GEN'],
  'rsa-3072': ['CKM_RSA_PKCS_KEY_PAIR_GEN'],
  'rsa-pkcs1': ['CKM_RSA_PKCS'],
  'rsa-pss': ['CKM_RSA_PKCS_PSS'],
  'rsa-raw': ['CKM_RSA_X_509'],
} as const satisfies Record<string, readonly MechanismName[]>

export const MECHANISM_NUMBERS = {
  CKM_RSA_PKCS_KEY_PAIR_GEN: 0x0,
  CKM_RSA_PKCS: 0x1,
  CKM_RSA_X_509: 0x3,
  CKM_RSA_PKCS_PSS: 0xd,
  CKM_DES2_KEY_GEN: 0x130,
  CKM_DES3_ECB: 0x132,
  CKM_DES3_CBC: 0x133,
  CKM_DES3_CMAC: 0x138,
  CKM_SHA256_HMAC: 0x251,
  CKM_ECDSA: 0x1041,
  CKM_EDDSA: 0x1057,
  CKM_AES_ECB: 0x1081,
  CKM_AES_CBC: 0x1082,
  CKM_AES_CBC_PAD: 0x1085,
  CKM_AES_CMAC: 0x108a,
  CKM_DES3_ECB_ENCRYPT_DATA: 0x1102,
  CKM_AES_ECB_ENCRYPT_DATA: 0x1104,
  CKM_AES_CBC_ENCRYPT_DATA: 0x1105,
  CKM_AES_KEY_WRAP_PAD: 0x210a,
  CKM_AES_KEY_WRAP_KWP: 0x210b,
} as const

export type MechanismName = keyof typeof MECHANISM_NUMBERS
export type Feature = keyof typeof FEATURES

/** The mechanism that works for each feature, null where none does. */
export type Capabilities = Readonly<Record<Feature, MechanismName | null>>
