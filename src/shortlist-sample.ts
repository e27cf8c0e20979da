import { VoiceLinguaError } from './domain/errors.js';
import { SAMPLE_LANGUAGE, SAMPLE_SENTENCES } from './models/sample-sentences.js';
import type { TaskStore } from './store/task-store.js';

/** Sentences to try a shortlist on. */
export interface ShortlistSample {
  readonly origin: 'given' | 'memory' | 'built-in' | 'memory and built-in';
  /** What their translations consist of goes into the list. */
  readonly teaching: readonly string[];
  /** What the list is measured on; none of them teaches. */
  readonly measured: readonly string[];
}

/** Sentences that a measurement wants: one that comes out otherwise is then half a per cent. */
const ENOUGH = 200;
const PAGE = 500;

/**
 * The sentences that were given, or those of the translation memory and some that come with the project. From twice as many as a measurement wants on, every
 * other one teaches.
 * @throws {VoiceLinguaError} `INVALID_ARGUMENT` when there are none
 */
export async function shortlistSample(
  given: readonly string[] | undefined,
  language: string,
  store: Pick<TaskStore, 'memoryEntries'>,
): Promise<ShortlistSample> {
  if (given !== undefined) return divided('given', given);
  const remembered = await rememberedSentences(store, language);
  const own = language === SAMPLE_LANGUAGE && remembered.length < ENOUGH ? SAMPLE_SENTENCES : [];
  if (remembered.length === 0) return divided('built-in', own, language);
  return divided(own.length === 0 ? 'memory' : 'memory and built-in', [...remembered, ...own]);
}

function divided(origin: ShortlistSample['origin'], sentences: readonly string[], language = ''): ShortlistSample {
  const all = [...new Set(sentences.map((sentence) => sentence.trim()))].filter((sentence) => sentence !== '');
  if (all.length === 0) {
    const why = origin === 'given' ? 'the sample is empty' : `there are no sentences in "${language}" to measure on`;
    throw new VoiceLinguaError(
      'INVALID_ARGUMENT',
      `optimizeModel: ${why}. Give some, ${ENOUGH} or more, of the kind that is to be translated (--sample FILE).`,
    );
  }
  if (all.length < 2 * ENOUGH) return { origin, teaching: [], measured: all };
  const every = (rest: number): string[] => all.filter((_, index) => index % 2 === rest);
  return { origin, teaching: every(1), measured: every(0) };
}

async function rememberedSentences(store: Pick<TaskStore, 'memoryEntries'>, source: string): Promise<string[]> {
  const sentences = new Set<string>();
  let after: number | null = 0;
  while (after !== null && sentences.size < 2 * ENOUGH) {
    const { entries, next }: Awaited<ReturnType<TaskStore['memoryEntries']>> = await store.memoryEntries({
      source,
      after,
      limit: PAGE,
    });
    for (const { text } of entries) sentences.add(text);
    after = next;
  }
  return [...sentences].slice(0, 2 * ENOUGH);
}
