// Control characters, and the marks that turn the direction of text.
const UNSAFE = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** Text in which nothing can steer a terminal or a browser: such characters are written as `\u{1b}`. */
export function plain(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
}
