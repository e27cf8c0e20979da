import { VoiceLinguaError } from './errors.js';

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

/**
 * The text of a file's bytes: UTF-8, or UTF-16 when its byte order mark says so; cleaned by {@link cleanText} and
 * without the line end that editors put after the last line.
 * @param name what to call the file in errors
 * @throws {VoiceLinguaError} `INPUT_CORRUPT` when the bytes are not text in that encoding.
 */
export function decodeText(bytes: Uint8Array, name: string): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  try {
    return cleanText(new TextDecoder(encoding, { fatal: true }).decode(bytes)).replace(/\n$/, '');
  } catch (cause) {
    throw new VoiceLinguaError('INPUT_CORRUPT', `${name} is not ${encoding.toUpperCase()} text: save it as UTF-8.`, {
      cause,
      details: { path: name },
    });
  }
}
