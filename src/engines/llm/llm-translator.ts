import { type ErrorCode, VoiceLinguaError } from '../../domain/errors.js';
import type { Glossary } from '../../domain/glossary/glossary.js';
import { NO_ACCOUNT, type TranslationAccount } from '../../domain/translation-account.js';
import type { TranslatedText, TranslationItem, TranslationOptions, Translator, TranslatorInfo } from '../ports.js';
import { inScriptOf, scriptConverter } from '../text/chinese-script.js';
import { BatchRun, CONFIDENCE, type Outcome } from './batch-run.js';
import { allowedAnswerTokens, type BatchLimits, expectedAnswerTokens, isTooLong, planBatches } from './batching.js';
import { type CostEstimate, type CostTotals, costOf, currencyOf, type TokenPrices, translationCost } from './cost.js';
import type { Dispatcher } from './dispatch.js';
import type { KnownTerms } from './glossary.js';
import { LLM_LANGUAGES } from './languages.js';
import { buildPrompt } from './prompt.js';
import type { ChatProvider } from './provider.js';
import { type CachedTranslation, MemoryResponseCache, type ResponseCache } from './response-cache.js';
import { estimateTokens } from './tokens.js';
import { needsModel, planWork, type Work } from './work-plan.js';

/** Who made a translation. */
export type TranslationOrigin =
  /** The provider's model, now or, `cached`, earlier. */
  | { readonly kind: 'provider'; readonly provider: string; readonly model: string; readonly cached: boolean }
  /** The fallback's model; `reason` is the code of the error that the provider had for it. */
  | { readonly kind: 'fallback'; readonly model: string; readonly reason: ErrorCode }
  /** Nobody: there was nothing to translate, or the Chinese script alone to change. */
  | { readonly kind: 'none' };

/**
 * A translation and who made it. `confidence` is 0.9 for a provider's text that passed all checks at once, 0.8 when it had to
 * be asked for again, 0.5 when it came back as it was, the fallback's own, or 1 where there was nothing to translate: marks to
 * sort by, no probabilities.
 */
export interface LlmTranslatedText extends TranslatedText {
  readonly origin: TranslationOrigin;
}

export interface LlmTranslatorOptions {
  readonly provider: ChatProvider;
  /** The provider's name of the model. */
  readonly model: string;
  /** Sends the requests; has the limits and the ledger. */
  readonly dispatcher: Dispatcher;
  /** For estimates. */
  readonly prices?: TokenPrices | null;
  /** Translates what the provider refuses or fails on. Without one such items fail the call. */
  readonly fallback?: Translator;
  /** Defaults to one in memory. */
  readonly cache?: ResponseCache;
  readonly glossary?: Glossary;
  /** Defaults to 0. */
  readonly temperature?: number;
  /** Sentences before each that the model is shown. Defaults to 3. */
  readonly contextSentences?: number;
  /** Most tokens of one batch's sentences, estimated. Defaults to 1,200. */
  readonly batchTokens?: number;
  /** Most sentences of one batch. Defaults to 30. */
  readonly batchSentences?: number;
  /** Most tokens of one answer. A sentence whose translation would not fit goes to the fallback. Defaults to 4,096. */
  readonly maxOutputTokens?: number;
  /** What the model can translate, codes of the project. Defaults to {@link LLM_LANGUAGES}. */
  readonly languages?: readonly string[];
}

interface Failure {
  readonly index: number;
  readonly error: VoiceLinguaError;
}

/** A process has only so many open files, and a look-up that fails for want of one would be paid again. */
const LOOK_UPS_AT_ONCE = 64;

/** Translates through a chat model, and what that does not do through another translator. */
export class LlmTranslator implements Translator {
  readonly #options: LlmTranslatorOptions;
  readonly #cache: ResponseCache;
  readonly #temperature: number;
  readonly #maxOutputTokens: number;
  readonly #limits: BatchLimits;
  #cacheFailures = 0;

  constructor(options: LlmTranslatorOptions) {
    this.#options = options;
    this.#cache = options.cache ?? new MemoryResponseCache();
    this.#temperature = options.temperature ?? 0;
    this.#maxOutputTokens = options.maxOutputTokens ?? 4096;
    this.#limits = { tokens: options.batchTokens ?? 1200, sentences: options.batchSentences ?? 30 };
  }

  info(): Promise<TranslatorInfo> {
    const { provider, model, languages = LLM_LANGUAGES } = this.#options;
    return Promise.resolve({ model: `${provider.name}/${model}`, family: 'llm', languages, kept: 'told' });
  }

  account(): TranslationAccount {
    const { provider, model } = this.#options;
    const totals = this.totals();
    if (totals.requests === 0) return NO_ACCOUNT;
    return { models: [`${provider.name}/${model}`], cost: translationCost(totals) };
  }

  /** What was asked and paid so far, over all calls. */
  totals(): CostTotals {
    return this.#options.dispatcher.totals();
  }

  /** Answers that could not be put into the cache, a full disk's say; they cost again, and no translation. */
  get cacheFailures(): number {
    return this.#cacheFailures;
  }

  /** What these items would about cost now, if no answer has to be asked for twice. Sends nothing. */
  async estimate(items: readonly TranslationItem[], options: TranslationOptions = {}): Promise<CostEstimate> {
    const { prices = null } = this.#options;
    const work = this.#plan(items, options);
    const known = await this.#lookUp(work);
    const open = work.filter(
      ({ key, sentence }) => !known.has(key) && !isTooLong(sentence.text, this.#maxOutputTokens),
    );
    let inputTokens = 0;
    let outputTokens = 0;
    const batches = planBatches(
      open.map(({ sentence }) => sentence),
      this.#limits,
    );
    for (const batch of batches) {
      const { messages, schema } = buildPrompt(batch, batch.sentences, { known: this.#known(options), again: false });
      inputTokens += estimateTokens(JSON.stringify([messages, schema]));
      const most = allowedAnswerTokens(batch.sentences, this.#maxOutputTokens);
      outputTokens += Math.min(expectedAnswerTokens(batch.sentences), most);
    }
    return {
      requests: batches.length,
      inputTokens,
      outputTokens,
      cost: prices === null ? null : costOf({ inputTokens, cachedInputTokens: 0, outputTokens }, prices),
      currency: currencyOf(prices),
      cachedSentences: known.size,
    };
  }

  /**
   * One text for each item, in order.
   * @throws {VoiceLinguaError} the provider's error when an item has no translation and there is no fallback, or that failed
   *   too; what was translated is in the cache by then
   */
  async translate(
    items: readonly TranslationItem[],
    options: TranslationOptions = {},
    signal?: AbortSignal,
  ): Promise<LlmTranslatedText[]> {
    signal?.throwIfAborted();
    const results = new Array<LlmTranslatedText>(items.length);
    for (const [index, item] of items.entries()) {
      if (needsModel(item)) continue;
      results[index] = { text: await inItsScript(item), confidence: 1, origin: { kind: 'none' } };
    }
    const work = this.#plan(items, options);
    const known = await this.#lookUp(work);
    const failures: Failure[] = [];
    for (const { key, indices, sentence } of work) {
      const found = known.get(key);
      if (found !== undefined) await this.#fill(results, indices, sentence.target, found, true);
    }
    await this.#ask(
      work.filter(({ key }) => !known.has(key)),
      options,
      results,
      failures,
      signal,
    );
    signal?.throwIfAborted();
    await this.#fallBack(items, failures, options, results, signal);
    return results;
  }

  #known({ terms = [] }: TranslationOptions): KnownTerms {
    return { glossary: this.#options.glossary ?? null, terms };
  }

  #plan(items: readonly TranslationItem[], options: TranslationOptions): readonly Work[] {
    const { before = [] } = options;
    const { provider, model, contextSentences = 3 } = this.#options;
    return planWork(items, before, {
      endpoint: provider.endpoint,
      model,
      temperature: this.#temperature,
      known: this.#known(options),
      contextSentences,
    });
  }

  async #lookUp(work: readonly Work[]): Promise<ReadonlyMap<string, CachedTranslation>> {
    const known = new Map<string, CachedTranslation>();
    for (let start = 0; start < work.length; start += LOOK_UPS_AT_ONCE) {
      const part = work.slice(start, start + LOOK_UPS_AT_ONCE).map(async ({ key }) => {
        const found = await this.#cache.get(key).catch(() => null);
        if (found !== null) known.set(key, found);
      });
      await Promise.all(part);
    }
    return known;
  }

  async #ask(
    work: readonly Work[],
    options: TranslationOptions,
    results: LlmTranslatedText[],
    failures: Failure[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { provider, model, dispatcher } = this.#options;
    const byPosition = new Map(work.map((one) => [one.sentence.position, one]));
    const fitting: Work[] = [];
    for (const one of work) {
      const { text } = one.sentence;
      if (isTooLong(text, this.#maxOutputTokens)) {
        failures.push(...one.indices.map((index) => ({ index, error: this.#tooLong(text) })));
      } else fitting.push(one);
    }
    const run = new BatchRun({
      dispatcher,
      provider: provider.name,
      model,
      temperature: this.#temperature,
      maxOutputTokens: this.#maxOutputTokens,
      known: this.#known(options),
    });
    const batches = planBatches(
      fitting.map(({ sentence }) => sentence),
      this.#limits,
    );
    // All settle before the call does, so that nothing of it goes on after it.
    const settled = await Promise.allSettled(
      batches.map(async (batch) => {
        const outcomes = await run.translate(batch, signal);
        for (const { id, position, target } of batch.sentences) {
          const { key, indices } = byPosition.get(position) as Work;
          const outcome = outcomes.get(id) as Outcome;
          if ('error' in outcome) failures.push(...indices.map((index) => ({ index, error: outcome.error })));
          else {
            await this.#fill(results, indices, target, outcome, false);
            await this.#keep(key, outcome);
          }
        }
      }),
    );
    const failed = settled.find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  async #fill(
    results: LlmTranslatedText[],
    indices: readonly number[],
    target: string,
    { text, confidence }: CachedTranslation,
    cached: boolean,
  ): Promise<void> {
    const { provider, model } = this.#options;
    const inScript = await inScriptOf(target, text);
    const origin = { kind: 'provider', provider: provider.name, model, cached } as const;
    for (const index of indices) results[index] = { text: inScript, confidence, origin };
  }

  async #keep(key: string, { text, confidence }: CachedTranslation): Promise<void> {
    // What came back as it was may come back translated another time.
    if (confidence === CONFIDENCE.unchanged) return;
    try {
      await this.#cache.put(key, { text, confidence });
    } catch {
      this.#cacheFailures += 1;
    }
  }

  async #fallBack(
    items: readonly TranslationItem[],
    failures: readonly Failure[],
    options: TranslationOptions,
    results: LlmTranslatedText[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const [first] = failures;
    if (first === undefined) return;
    const { fallback } = this.#options;
    if (fallback === undefined) throw first.error;
    const ordered = [...failures].sort((one, other) => one.index - other.index);
    try {
      const texts = await fallback.translate(
        ordered.map(({ index }) => items[index] as TranslationItem),
        options,
        signal,
      );
      for (const [at, { index, error }] of ordered.entries()) {
        const {
          text,
          confidence,
          model = await modelOf(fallback, items[index] as TranslationItem),
        } = texts[at] as TranslatedText;
        results[index] = { text, confidence, model, origin: { kind: 'fallback', model, reason: error.code } };
      }
    } catch (thrown) {
      signal?.throwIfAborted();
      throw withFallbackFailure(first.error, thrown);
    }
  }

  #tooLong(text: string): VoiceLinguaError {
    return new VoiceLinguaError(
      'INPUT_TOO_LARGE',
      `A sentence of ${text.length} characters is too long for an answer of ${this.#maxOutputTokens} tokens. ` +
        'Split it, allow longer answers, or translate it offline.',
      { details: { characters: text.length, maxOutputTokens: this.#maxOutputTokens } },
    );
  }
}

/** Name of the model that a fallback has for a pair. */
async function modelOf(fallback: Translator, { source, target }: TranslationItem): Promise<string> {
  return (await (fallback.infoFor?.(source, target) ?? fallback.info())).model;
}

/** The text of an item that needs no model, as the offline translators give it. */
async function inItsScript({ text, source, target }: TranslationItem): Promise<string> {
  if (source === target || text.trim() === '') return text;
  return (await scriptConverter(target === 'zh-tw' ? 's2twp' : 'tw2sp'))(text);
}

/** The provider's error, which came first, with what the fallback said. */
function withFallbackFailure(error: VoiceLinguaError, thrown: unknown): VoiceLinguaError {
  const said = thrown instanceof Error ? thrown.message : String(thrown);
  return new VoiceLinguaError(error.code, `${error.message} The fallback failed too: ${said}`, {
    cause: thrown,
    retryable: error.retryable,
    details: { ...error.details },
  });
}
