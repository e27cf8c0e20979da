import { estimateTokens } from './tokens.js';

/** A sentence that stands before others; it is shown to the model, not translated. */
export interface ContextLine {
  readonly position: number;
  readonly text: string;
}

/** A sentence to translate into one language. */
export interface PendingSentence {
  readonly source: string;
  readonly target: string;
  readonly text: string;
  /** Its place among the sentences of its target language. */
  readonly position: number;
  /** What stands before it, in order. */
  readonly context: readonly ContextLine[];
}

/** A sentence with the number that it has in its batch, from 1; it keeps it when the batch is asked again in parts. */
export interface NumberedSentence extends PendingSentence {
  readonly id: number;
}

/** Sentences of one pair of languages that are asked for together. */
export interface Batch {
  readonly source: string;
  readonly target: string;
  readonly sentences: readonly NumberedSentence[];
}

export interface BatchLimits {
  /** Most tokens of the sentences of a batch, estimated. */
  readonly tokens: number;
  /** Most sentences of a batch. */
  readonly sentences: number;
}

/** Sentences by language pair, in their order, in batches within the limits; one that is too long for any is a batch of its own. */
export function planBatches(sentences: readonly PendingSentence[], limits: BatchLimits): Batch[] {
  const pairs = new Map<string, PendingSentence[]>();
  for (const sentence of sentences) {
    const pair = `${sentence.source} ${sentence.target}`;
    const list = pairs.get(pair);
    if (list === undefined) pairs.set(pair, [sentence]);
    else list.push(sentence);
  }
  return [...pairs.values()].flatMap((list) => cut(list, limits));
}

function cut(sentences: readonly PendingSentence[], limits: BatchLimits): Batch[] {
  const batches: Batch[] = [];
  let current: NumberedSentence[] = [];
  let tokens = 0;
  const finish = (): void => {
    const [first] = current;
    if (first !== undefined) batches.push({ source: first.source, target: first.target, sentences: current });
    current = [];
    tokens = 0;
  };
  for (const sentence of sentences) {
    const more = estimateTokens(sentence.text);
    if (current.length >= limits.sentences || (current.length > 0 && tokens + more > limits.tokens)) finish();
    current.push({ ...sentence, id: current.length + 1 });
    tokens += more;
  }
  finish();
  return batches;
}

/** Tokens that an answer for these sentences will about have. */
export function expectedAnswerTokens(sentences: readonly PendingSentence[]): number {
  return sentences.reduce((sum, { text }) => sum + Math.ceil(estimateTokens(text) * 1.5) + 24, 16);
}

/**
 * Tokens that an answer for these sentences may have: generous, since languages and vocabularies differ, and models that
 * think first count their thoughts too; but never so many that a model gone astray costs much.
 */
export function allowedAnswerTokens(sentences: readonly PendingSentence[], most: number): number {
  return Math.min(most, 3 * expectedAnswerTokens(sentences) + 512);
}

/** Whether a sentence's translation could not be answered within `most` tokens. */
export function isTooLong(text: string, most: number): boolean {
  return Math.ceil(estimateTokens(text) * 1.5) + 64 > most;
}
