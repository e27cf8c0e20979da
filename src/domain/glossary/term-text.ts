import { WIDE_CHARACTER } from '../script.js';
import type { GlossarySpan } from './glossary.js';

/**
 * What stands for a term in a translation: its text there, with a capital at the beginning where the original begins with one.
 * @param before what stands before it in the translation
 */
export function termInText({ target, term }: GlossarySpan, before: string, original: string): string {
  const begins = !/[\p{L}\p{N}]/u.test(before) && /^[^\p{L}\p{N}]*\p{Lu}/u.test(original);
  if (!begins || term.doNotTranslate === true || term.caseSensitive === true) return target;
  const letter = String.fromCodePoint(target.codePointAt(0) ?? 0);
  return letter.toUpperCase() + target.slice(letter.length);
}

/** Whether two texts meet in characters of a script between which no space belongs. */
export function touches(before: string, after: string): boolean {
  const last = [...before.slice(-2)].at(-1) ?? '';
  return WIDE_CHARACTER.test(last) && WIDE_CHARACTER.test(String.fromCodePoint(after.codePointAt(0) ?? 0));
}
