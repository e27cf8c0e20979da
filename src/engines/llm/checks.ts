import { type AnswerEntry, readsLikeRefusal } from './answer.js';
import type { NumberedSentence } from './batching.js';
import { anchorOf } from './prompt.js';
import { contentLength } from './tokens.js';

/** What is wrong with the answer for one sentence. */
export type Problem =
  /** No entry with its number. */
  | 'missing'
  /** Two entries with its number that differ. */
  | 'doubled'
  /** An empty text. */
  | 'empty'
  /** The repeated beginning is that of another sentence. */
  | 'misplaced'
  /** Much shorter or longer than a translation would be, or not in the script of the language. */
  | 'no-translation'
  /** The sentence itself. */
  | 'unchanged'
  /** It declines to translate. */
  | 'refused';

export interface Judged {
  readonly accepted: ReadonlyMap<number, string>;
  readonly problems: ReadonlyMap<number, Problem>;
  /** Entries with numbers that were not asked for. */
  readonly invented: number;
}

/** Holds an answer against the sentences that were asked for: each has an acceptable text or a problem. */
export function judgeAnswer(
  entries: readonly AnswerEntry[],
  asked: readonly NumberedSentence[],
  anchored: boolean,
): Judged {
  const accepted = new Map<number, string>();
  const problems = new Map<number, Problem>();
  for (const sentence of asked) {
    const own = entries.filter(({ id }) => id === sentence.id);
    const verdict = judge(own, sentence, anchored);
    if (typeof verdict === 'string') problems.set(sentence.id, verdict);
    else accepted.set(sentence.id, verdict.text);
  }
  const ids = new Set(asked.map(({ id }) => id));
  return { accepted, problems, invented: entries.filter(({ id }) => !ids.has(id)).length };
}

function judge(own: readonly AnswerEntry[], sentence: NumberedSentence, anchored: boolean): Problem | { text: string } {
  const [first] = own;
  if (first === undefined) return 'missing';
  if (own.some((entry) => entry.text !== first.text)) return 'doubled';
  const text = inOneLine(first.text, sentence.text);
  // Control characters alone are as good as nothing.
  if (!/[^\p{C}\p{Z}]/u.test(text)) return 'empty';
  if (anchored && !sameBeginning(first.start, sentence.text)) return 'misplaced';
  const equal = text === sentence.text.trim();
  if (equal && !isRunningText(text)) return { text };
  if (!hasFittingLength(text, sentence.text) || !isInScript(text, sentence)) {
    return readsLikeRefusal(text) ? 'refused' : 'no-translation';
  }
  return equal ? 'unchanged' : { text };
}

/** A sentence of one line stays one: outputs are counted by lines. */
function inOneLine(text: string, source: string): string {
  return /\n/.test(source.trim()) ? text : text.replace(/\s*\n\s*/g, ' ');
}

function sameBeginning(start: string | undefined, source: string): boolean {
  if (start === undefined) return false;
  // Models trim, change quotation marks, or repeat a little more or less.
  const plain = (text: string): string =>
    text
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]/gu, '');
  const given = plain(start);
  const wanted = plain(anchorOf(source));
  if (wanted === '') return true;
  const enough = Math.min(wanted.length, 6);
  return given.length >= enough && (wanted.startsWith(given) || given.startsWith(wanted));
}

/** A translation is about as long as its original; short ones may differ more. */
function hasFittingLength(text: string, source: string): boolean {
  const from = contentLength(source);
  const to = contentLength(text);
  return to <= 4 * from + 40 && to >= from / 4 - 4;
}

const SCRIPTS: ReadonlyArray<readonly [RegExp, string]> = [
  [/\p{Script=Han}/u, 'zh zh-tw yue wuu'],
  [/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u, 'ja'],
  [/\p{Script=Hangul}/u, 'ko'],
  [/\p{Script=Cyrillic}/u, 'ru uk be bg mk ky'],
  [/\p{Script=Greek}/u, 'el'],
  [/\p{Script=Arabic}/u, 'ar fa ur ps'],
  [/\p{Script=Hebrew}/u, 'he yi'],
  [/\p{Script=Thai}/u, 'th'],
  [/\p{Script=Devanagari}/u, 'hi mr ne sa'],
  [/\p{Script=Bengali}/u, 'bn as'],
  [/\p{Script=Latin}/u, 'en fr de es it pt nl pl cs sk sl hr bs ro hu tr vi id ms tl sv da no fi et lv lt ca gl eu sq'],
];

function scriptOf(language: string): RegExp | null {
  return SCRIPTS.find(([, languages]) => languages.split(' ').includes(language))?.[0] ?? null;
}

/** Below this content length a sentence may be all names, which many languages leave as they are. */
const LONG_ENOUGH = 16;

/** A translation of running text has some letters of its language's script. */
function isInScript(text: string, { text: original, source, target }: NumberedSentence): boolean {
  const script = scriptOf(target);
  const from = scriptOf(source);
  if (script === null || script.test(text) || contentLength(original) < LONG_ENOUGH) return true;
  // Nothing to translate in it: numbers, links, or names in another script than the sentence's own language has.
  return from !== null && !from.test(original);
}

const DENSE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/gu;

/** Running text changes when it is translated; names, code and links need not. */
function isRunningText(text: string): boolean {
  const words = text.split(/\s+/).filter((word) => /^\p{L}[\p{L}\p{M}'’-]*[,.!?;:]?$/u.test(word));
  const plain = words.filter((word) => !/^\p{Lu}/u.test(word));
  return (words.length >= 3 && plain.length >= 2) || (text.match(DENSE)?.length ?? 0) >= 8;
}
