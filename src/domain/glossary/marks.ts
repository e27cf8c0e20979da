/** How a place in a sentence is marked that comes through a translation unchanged. */
export interface MarkStyle {
  /** The mark of a number, 1 and up. */
  readonly write: (number: number) => string;
  /** Finds marks in a translation, with the number as its first group; global. Wider than what is written, since engines respell. */
  readonly pattern: RegExp;
}

/**
 * Numbers in brackets. A translation's spaces within the brackets and full-width forms of brackets and digits are forgiven.
 * @param open one character
 * @param close one character
 */
export function bracketMarks(open: string, close: string): MarkStyle {
  return {
    write: (number) => `${open}${number}${close}`,
    pattern: new RegExp(`${eitherWidth(open)}\\s*([0-9０-９]{1,6})\\s*${eitherWidth(close)}`, 'gu'),
  };
}

export const DEFAULT_MARKS: MarkStyle = bracketMarks('[', ']');

/** Marks in a text, from left to right. */
export function marksIn(text: string, { pattern }: MarkStyle): Array<{ number: number; start: number; end: number }> {
  return [...text.matchAll(pattern)].map((match) => ({
    number: Number((match[1] ?? '').normalize('NFKC')),
    start: match.index,
    end: match.index + match[0].length,
  }));
}

function eitherWidth(character: string): string {
  const code = character.charCodeAt(0);
  const wide = code > 0x20 && code < 0x7f ? String.fromCharCode(code + 0xfee0) : '';
  return `(?:${[character, wide]
    .filter((form) => form !== '')
    .map((form) => form.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'))
    .join('|')})`;
}
