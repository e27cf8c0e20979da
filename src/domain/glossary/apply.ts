import { WIDE_CHARACTER, writtenWithoutSpaces } from '../script.js';
import type { GlossaryPair, GlossarySpan } from './glossary.js';
import { DEFAULT_MARKS, type MarkStyle, marksIn } from './marks.js';

export interface RestoredText {
  readonly text: string;
  /** Terms whose mark the translation has lost, in the order of the sentence. */
  readonly missing: readonly GlossarySpan[];
  /** Terms whose mark it has more than once; each was replaced. */
  readonly repeated: readonly GlossarySpan[];
}

export interface AppliedGlossary {
  /** The sentence, with a mark for each term. */
  readonly text: string;
  readonly spans: readonly GlossarySpan[];
  /** A translation of {@link text} with its marks replaced by what stands for the terms. Marks that are not ours stay. */
  restore(translation: string): RestoredText;
}

/**
 * Puts marks in place of the terms of a sentence, for translation. Numbers of marks that the sentence holds already are not used.
 * A term at the beginning of the translation gets a capital when the sentence begins with one.
 */
export function applyGlossary(pair: GlossaryPair, sentence: string, style: MarkStyle = DEFAULT_MARKS): AppliedGlossary {
  const spans = pair.find(sentence);
  const first = 1 + Math.max(0, ...marksIn(sentence, style).map(({ number }) => number));
  let text = '';
  let at = 0;
  for (const [index, { start, end }] of spans.entries()) {
    text += sentence.slice(at, start) + style.write(first + index);
    at = end;
  }
  text += sentence.slice(at);
  return { text, spans, restore: (translation) => restored(pair, sentence, spans, translation, style, first) };
}

function restored(
  { target: language }: GlossaryPair,
  sentence: string,
  spans: readonly GlossarySpan[],
  translation: string,
  style: MarkStyle,
  first: number,
): RestoredText {
  const seen = new Map<GlossarySpan, number>();
  let text = '';
  let at = 0;
  let dense = false;
  const append = (piece: string): void => {
    // Engines put spaces around what they do not know, where the language has none.
    text += dense && touches(text, piece.trimStart()) ? piece.trimStart() : piece;
  };
  for (const { number, start, end } of marksIn(translation, style)) {
    const span = spans[number - first];
    if (span === undefined) continue;
    append(translation.slice(at, start));
    const term = capitalised(span, text, sentence);
    if (writtenWithoutSpaces(language) && touches(text.trimEnd(), term)) text = text.trimEnd();
    text += term;
    dense = writtenWithoutSpaces(language);
    at = end;
    seen.set(span, (seen.get(span) ?? 0) + 1);
  }
  append(translation.slice(at));
  return {
    text,
    missing: spans.filter((span) => !seen.has(span)),
    repeated: spans.filter((span) => (seen.get(span) ?? 0) > 1),
  };
}

/** Whether two texts meet in characters between which no space belongs. */
function touches(before: string, after: string): boolean {
  const last = [...before.slice(-2)].at(-1) ?? '';
  return WIDE_CHARACTER.test(last) && WIDE_CHARACTER.test(String.fromCodePoint(after.codePointAt(0) ?? 0));
}

function capitalised({ target, term }: GlossarySpan, before: string, sentence: string): string {
  const begins = !/[\p{L}\p{N}]/u.test(before) && /^[^\p{L}\p{N}]*\p{Lu}/u.test(sentence);
  if (!begins || term.doNotTranslate === true || term.caseSensitive === true) return target;
  const letter = String.fromCodePoint(target.codePointAt(0) ?? 0);
  return letter.toUpperCase() + target.slice(letter.length);
}
