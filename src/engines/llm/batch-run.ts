import { VoiceLinguaError } from '../../domain/errors.js';
import { readAnswer, readsLikeRefusal } from './answer.js';
import { allowedAnswerTokens, type Batch, expectedAnswerTokens, type NumberedSentence } from './batching.js';
import { judgeAnswer, type Problem } from './checks.js';
import type { Dispatcher } from './dispatch.js';
import type { KnownTerms } from './glossary.js';
import { buildPrompt } from './prompt.js';

/** What became of one sentence. */
export type Outcome =
  | { readonly text: string; readonly confidence: number }
  /** Why the provider has no translation for it. */
  | { readonly error: VoiceLinguaError };

/**
 * Confidence of texts by how they came. Chat APIs give no probabilities that would compare with the offline models', so
 * these are fixed marks: passed all checks at once; only when asked again or alone; came back as it was.
 */
export const CONFIDENCE = { atOnce: 0.9, askedAgain: 0.8, unchanged: 0.5 } as const;

/** Sentences that were asked for alone and still got no usable answer, after which the model is taken to be unfit. */
const UNUSABLE_IN_A_ROW = 3;

/** Errors of single requests, of which other requests may be free. */
const OF_ONE_REQUEST = new Set([400, 413, 422]);

export interface BatchRunOptions {
  readonly dispatcher: Dispatcher;
  readonly provider: string;
  readonly model: string;
  readonly temperature: number;
  readonly maxOutputTokens: number;
  readonly known: KnownTerms;
}

interface Reply {
  readonly accepted: ReadonlyMap<number, string>;
  readonly problems: ReadonlyMap<number, Problem>;
}

/**
 * Asks for the batches of one call. What is missing or wrong in an answer is asked for once more, then in halves, down to
 * single sentences, so that one sentence that a model refuses or stumbles over costs no other its translation.
 */
export class BatchRun {
  readonly #options: BatchRunOptions;
  /** Why nothing more is asked: no key, no network, no money, a model that answers nonsense. */
  #stopped: VoiceLinguaError | null = null;
  #unusable = 0;

  constructor(options: BatchRunOptions) {
    this.#options = options;
  }

  /**
   * Outcomes by number. Rejects only with the signal's reason, or for an error that is no provider's.
   */
  async translate(batch: Batch, signal?: AbortSignal): Promise<ReadonlyMap<number, Outcome>> {
    const outcomes = new Map<number, Outcome>();
    await this.#solve(batch, batch.sentences, false, outcomes, signal);
    return outcomes;
  }

  async #solve(
    batch: Batch,
    sentences: readonly NumberedSentence[],
    again: boolean,
    outcomes: Map<number, Outcome>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const reply = await this.#ask(batch, sentences, again, signal);
    if (reply instanceof VoiceLinguaError) {
      await this.#withoutReply(batch, sentences, reply, outcomes, signal);
      return;
    }
    keep(reply, again ? CONFIDENCE.askedAgain : CONFIDENCE.atOnce, outcomes);
    const left = sentences.filter(({ id }) => !outcomes.has(id));
    const [first] = left;
    if (first === undefined) {
      this.#unusable = 0;
      return;
    }
    if (sentences.length === 1) {
      if (!again) await this.#solve(batch, left, true, outcomes, signal);
      else this.#giveUp(first, reply.problems.get(first.id) ?? 'missing', outcomes);
    } else if (left.length < sentences.length && !again) await this.#solve(batch, left, true, outcomes, signal);
    else await this.#halves(batch, left, outcomes, signal);
  }

  async #halves(
    batch: Batch,
    sentences: readonly NumberedSentence[],
    outcomes: Map<number, Outcome>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const middle = Math.ceil(sentences.length / 2);
    for (const part of [sentences.slice(0, middle), sentences.slice(middle)]) {
      if (part.length > 0) await this.#solve(batch, part, true, outcomes, signal);
    }
  }

  async #withoutReply(
    batch: Batch,
    sentences: readonly NumberedSentence[],
    error: VoiceLinguaError,
    outcomes: Map<number, Outcome>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const status = error.details.status;
    const ofOneRequest =
      error.code === 'PROVIDER_REFUSED' || (typeof status === 'number' && OF_ONE_REQUEST.has(status));
    if (!ofOneRequest) this.#stopped ??= error;
    if (ofOneRequest && sentences.length > 1) await this.#halves(batch, sentences, outcomes, signal);
    else for (const { id } of sentences) outcomes.set(id, { error });
  }

  /** What the provider says to these sentences, or why it says nothing. */
  async #ask(
    batch: Batch,
    sentences: readonly NumberedSentence[],
    again: boolean,
    signal: AbortSignal | undefined,
  ): Promise<Reply | VoiceLinguaError> {
    signal?.throwIfAborted();
    if (this.#stopped !== null) return this.#stopped;
    const { dispatcher, provider, model, temperature, maxOutputTokens, known } = this.#options;
    const prompt = buildPrompt(batch, sentences, { known, again });
    // One that was cut off may need more than others.
    const limit = again ? maxOutputTokens : allowedAnswerTokens(sentences, maxOutputTokens);
    const options = { model, temperature, maxOutputTokens: limit, schema: prompt.schema };
    try {
      const answer = await dispatcher.send(prompt.messages, options, expectedAnswerTokens(sentences), signal);
      const entries = readAnswer(answer.text);
      const declined = answer.finishReason === 'refused' || (entries === null && readsLikeRefusal(answer.text));
      if (declined) return refusal(provider);
      return judgeAnswer(entries ?? [], sentences, prompt.anchored);
    } catch (thrown) {
      signal?.throwIfAborted();
      if (thrown instanceof VoiceLinguaError && isProvidersOwn(thrown)) return thrown;
      throw thrown;
    }
  }

  #giveUp(sentence: NumberedSentence, problem: Problem, outcomes: Map<number, Outcome>): void {
    const { provider, model } = this.#options;
    if (problem === 'unchanged') {
      outcomes.set(sentence.id, { text: sentence.text.trim(), confidence: CONFIDENCE.unchanged });
      return;
    }
    if (problem === 'refused') {
      outcomes.set(sentence.id, { error: refusal(provider) });
      return;
    }
    const error = new VoiceLinguaError(
      'PROVIDER_FAILED',
      `The model ${model} of ${provider} gave no usable translation for a sentence (${problem}). ` +
        'Translate it offline, or with another model.',
      { retryable: false, details: { provider, model, problem } },
    );
    outcomes.set(sentence.id, { error });
    this.#unusable += 1;
    if (this.#unusable >= UNUSABLE_IN_A_ROW) this.#stopped ??= error;
  }
}

function keep(reply: Reply, confidence: number, outcomes: Map<number, Outcome>): void {
  for (const [id, text] of reply.accepted) outcomes.set(id, { text, confidence });
}

function isProvidersOwn(error: VoiceLinguaError): boolean {
  return error.code.startsWith('PROVIDER_') || error.code === 'MODEL_NOT_FOUND' || error.code === 'BUDGET_EXCEEDED';
}

function refusal(provider: string): VoiceLinguaError {
  return new VoiceLinguaError(
    'PROVIDER_REFUSED',
    `The provider ${provider} will not translate a sentence. Translate it offline, or with another provider.`,
    { details: { provider } },
  );
}
