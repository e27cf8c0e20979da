/**
 * A text from outside in the form that stores, tokenizers and C strings can hold: without byte order mark and NUL,
 * line ends as `\n`, lone surrogates as U+FFFD. Everything else stays, outer white space included.
 */
export function cleanText(text: string): string {
  return text
    .replace(/^\uFEFF/, '')
    .replaceAll('\0', '')
    .replace(/\r\n?/g, '\n')
    .replace(/\p{Surrogate}/gu, '\uFFFD');
}
