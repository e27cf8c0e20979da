import { cleanText } from '../../domain/clean-text.js';
import type { TranslationItem } from '../ports.js';
import type { ContextLine, PendingSentence } from './batching.js';
import { type KnownTerms, termsIn } from './glossary.js';
import { PROMPT_VERSION } from './prompt.js';
import { cacheKey } from './response-cache.js';

/** A sentence to ask for, with all items that its answer is for. */
export interface Work {
  readonly sentence: PendingSentence;
  /** Key in the response cache: a hash of all that the answer depends on. */
  readonly key: string;
  /** Places in the items of the call. */
  readonly indices: readonly number[];
}

export interface WorkSettings {
  readonly endpoint: string;
  readonly model: string;
  readonly temperature: number;
  readonly known: KnownTerms;
  /** Sentences before each that the model is shown. */
  readonly contextSentences: number;
}

/** Longest part of a sentence that is shown as context, characters: the end, which is nearest. */
const LONGEST_CONTEXT = 400;

const CHINESE = new Set(['zh', 'zh-tw']);

/** Whether an item is for a model: not empty, and not in its language already but for the script. */
export function needsModel({ text, source, target }: TranslationItem): boolean {
  // Nothing but white space and control characters is nothing to translate.
  if (!/[^\p{C}\p{Z}]/u.test(text)) return false;
  return source !== target && !(CHINESE.has(source) && CHINESE.has(target));
}

/**
 * The sentences of a call that a model is needed for, equal ones once. What stands before a sentence is the items of the
 * same target before it, and before these `before`.
 */
export function planWork(
  items: readonly TranslationItem[],
  before: readonly string[],
  settings: WorkSettings,
): readonly Work[] {
  const lines = new Map<string, ContextLine[]>();
  const work = new Map<string, { sentence: PendingSentence; key: string; indices: number[] }>();
  for (const [index, item] of items.entries()) {
    const text = cleanText(item.text);
    const { source, target } = item;
    let own = lines.get(target);
    if (own === undefined) {
      own = before.map((line, at) => ({ position: at - before.length, text: shortened(cleanText(line)) }));
      lines.set(target, own);
    }
    const context = settings.contextSentences === 0 ? [] : own.slice(-settings.contextSentences);
    own.push({ position: index, text: shortened(text) });
    if (!needsModel(item)) continue;
    const key = keyOf(text, source, target, context, settings);
    const known = work.get(key);
    if (known === undefined)
      work.set(key, { sentence: { source, target, text, position: index, context }, key, indices: [index] });
    else known.indices.push(index);
  }
  return [...work.values()];
}

function keyOf(
  text: string,
  source: string,
  target: string,
  context: readonly ContextLine[],
  { endpoint, model, temperature, known }: WorkSettings,
): string {
  const terms = termsIn([text], source, target, known).map((term) => [term.source, term.target]);
  const before = cacheKey(...context.map((line) => line.text));
  return cacheKey(PROMPT_VERSION, endpoint, model, temperature, source, target, text, before, terms);
}

function shortened(text: string): string {
  const trimmed = text.trim();
  return trimmed.length <= LONGEST_CONTEXT ? trimmed : cleanText(trimmed.slice(-LONGEST_CONTEXT));
}
