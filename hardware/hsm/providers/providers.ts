/** What is known of a PKCS#11 module by its name. */
interface Provider {
  /** Where its packages put it, Debian's multiarch paths first. */
  readonly modules: readonly string[]
  /** How to get it. */
  readonly install: string
  /** What the user PIN is, for messages. */
  readonly pin: string
}

export const PROVIDERS = {
  softhsm2: {
    modules: [
      '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so',
      '/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so',
      '/usr/lib/arm-linux-gnueabihf/softhsm/libsofthsm2.so',
      '/usr/lib/softhsm/libsofthsm2.so',
      '/usr/lib64/pkcs11/libsofthsm2.so',
      '/usr/local/lib/softhsm/libsofthsm2.so',
      '/opt/homebrew/lib/softhsm/libsofthsm2.so',
    ],
    install: 'apt-get install softhsm2',
    pin: 'the user PIN of the token',
  },
  nss: {
    modules: [
      '/usr/lib/x86_64-linux-gnu/libsoftokn3.so',
      '/usr/lib/x86_64-linux-gnu/nss/libsoftokn3.so',
      '/usr/lib/aarch64-linux-gnu/libsoftokn3.so',
      '/usr/lib/aarch64-linux-gnu/nss/libsoftokn3.so',
      '/usr/lib64/libsoftokn3.so',
    ],
    install: 'apt-get install libnss3',
    pin: 'the password of the key database',
  },
  opencryptoki: {
    modules: [
      '/usr/lib/x86_64-linux-gnu/opencryptoki/libopencryptoki.so.0',
      '/usr/lib/aarch64-linux-gnu/opencryptoki/libopencryptoki.so.0',
      '/usr/lib64/opencryptoki/libopencryptoki.so.0',
    ],
    install: 'apt-get install opencryptoki, then start pkcsslotd',
    pin: 'the user PIN of the token',
  },
  yubihsm2: {
    modules: [
      '/usr/lib/x86_64-linux-gnu/pkcs11/yubihsm_pkcs11.so',
      '/usr/lib/aarch64-linux-gnu/pkcs11/yubihsm_pkcs11.so',
      '/usr/lib64/pkcs11/yubihsm_pkcs11.so',
      '/usr/local/lib/pkcs11/yubihsm_pkcs11.so',
    ],
    install: 'install yubihsm-pkcs11 of the YubiHSM 2 SDK (developers.yubico.com)',
    pin: 'four digits, the id of the authentication key, then its password',
  },
} as const satisfies Record<string, Provider>

export type ProviderName = keyof typeof PROVIDERS
