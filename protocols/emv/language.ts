const NAMES = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' })

/** `German, English` of one to four codes of ISO 639-1 without separators (`deen`, tag 5F2D); null for anything else. */
export function languagesOf(codes: string): string | null {
  if (!/^([A-Za-z]{2}){1,4}$/.test(codes)) return null
  const languages = (codes.match(/../g) ?? []).map(
    (code) => NAMES.of(code.toLowerCase()) ?? `unknown (${code})`,
  )
  return languages.join(', ')
}
