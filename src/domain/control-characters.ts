/** Controls of terminals and of the direction of text, and the byte order mark: nothing that a text in another language needs anew. */
const CONTROL = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** The text without control characters that are not in its original either; a run of them is a space. */
export function withoutInventedControls(text: string, original: string): string {
  if (text.search(CONTROL) < 0) return text;
  const own = new Set(original.match(CONTROL));
  return text.replace(CONTROL, (character, at: number) => {
    if (own.has(character)) return character;
    return at === 0 || /[\s\p{Cc}]/u.test(text[at - 1] as string) ? '' : ' ';
  });
}
