/** Where a token is and how to log in. `pin` goes to the signer processes over IPC, never into arguments or environment. */
export interface TokenAccess {
  /** Path of the PKCS#11 module. */
  readonly module: string
  /** CKA_LABEL of the token; wins over `serial`, which wins over `slot`. One of the three is needed. */
  readonly tokenLabel?: string
  /** Serial number of the token, as the module gives it. */
  readonly serial?: string
  /** Number of the slot that holds the token. */
  readonly slot?: number
  /** User PIN (CKU_USER). */
  readonly pin: string
  /** Environment variables that the module needs, e.g. SOFTHSM2_CONF; set for the signer processes alone. */
  readonly environment?: Readonly<Record<string, string>>
  /** File in which its wrong PINs are remembered for other processes; without one each process has its own memory of them. */
  readonly triesFile?: string
  /** Text that the module wants at C_Initialize, as NSS does. */
  readonly libraryParameters?: string
  /** Words in front of the command that starts a signer process, such as those of nsenter(1), where the module works in a namespace alone. */
  readonly launcher?: readonly string[]
}

/** How fork() starts a signer: Node by itself, or behind the launcher. */
export function startOf({ launcher = [] }: TokenAccess): { execPath: string; execArgv: string[] } {
  const [execPath, ...execArgv] = [...launcher, process.execPath]
  return { execPath, execArgv }
}

/** What names a token, for messages and the journal: label, serial number or slot. */
export function tokenName({ tokenLabel, serial, slot }: TokenAccess): string {
  return tokenLabel ?? serial ?? `slot ${slot}`
}
