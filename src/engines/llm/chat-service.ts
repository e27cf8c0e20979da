import type { Glossary } from '../../domain/glossary/glossary.js';
import type { Translator } from '../ports.js';
import { CostLedger, type CostTotals } from './cost.js';
import { Dispatcher } from './dispatch.js';
import { FolderResponseCache } from './folder-cache.js';
import { LlmTranslator } from './llm-translator.js';
import { OpenAiProvider } from './openai-provider.js';
import { PROMPT_VERSION } from './prompt.js';
import { RateLimiter } from './rate-limit.js';
import { MemoryResponseCache, type ResponseCache } from './response-cache.js';
import type { Environment } from './secrets.js';
import { type ProviderSettings, parseLlmSettings } from './settings.js';

/** What no configuration file can hold. */
export interface LlmSurroundings {
  readonly fallback?: Translator;
  readonly glossary?: Glossary;
  /** In place of the folder's or the one in memory. */
  readonly cache?: ResponseCache;
  readonly environment?: Environment;
}

/** A provider with its limits, budget and cache, which all translators by its models share. Sends nothing and needs no key yet. */
export class ChatService {
  readonly #settings: ProviderSettings;
  readonly #provider: OpenAiProvider;
  readonly #dispatcher: Dispatcher;
  readonly #cache: ResponseCache;

  /** @throws {VoiceLinguaError} `INVALID_ARGUMENT` for settings that are wrong */
  constructor(preset: string, settings: ProviderSettings, { cache, environment }: LlmSurroundings = {}) {
    const { baseUrl, timeoutMs, maxResponseBytes, keyNames, prices, budget, limits, retry, cacheFolder } = settings;
    this.#settings = settings;
    this.#provider = new OpenAiProvider({
      preset,
      ...defined({ baseUrl, keyNames, timeoutMs, maxResponseBytes, environment }),
    });
    this.#dispatcher = new Dispatcher(this.#provider, {
      limiter: new RateLimiter(limits),
      ledger: new CostLedger(prices ?? null, budget),
      ...defined({ retry }),
    });
    this.#cache =
      cache ?? (cacheFolder === undefined ? new MemoryResponseCache() : new FolderResponseCache(cacheFolder));
  }

  /** Where requests go. */
  get endpoint(): string {
    return this.#provider.endpoint;
  }

  /** The variable that holds the key; null where none is needed. @throws {VoiceLinguaError} `PROVIDER_AUTH` */
  checkKey(): string | null {
    return this.#provider.checkKey();
  }

  /** All that its answers depend on besides the texts, for fingerprints. */
  identity(model: string): string {
    const { temperature = 0, contextSentences, maxOutputTokens } = this.#settings;
    return JSON.stringify([this.endpoint, model, temperature, contextSentences, maxOutputTokens, PROMPT_VERSION]);
  }

  /** What was asked and paid so far, by all translators. */
  totals(): CostTotals {
    return this.#dispatcher.totals();
  }

  /** A translator of its own account, for one task say. */
  translator(
    model: string,
    { fallback, glossary }: Pick<LlmSurroundings, 'fallback' | 'glossary'> = {},
  ): LlmTranslator {
    const { temperature, contextSentences, batchTokens, batchSentences, maxOutputTokens, languages, prices } =
      this.#settings;
    return new LlmTranslator({
      provider: this.#provider,
      model,
      dispatcher: this.#dispatcher.part(),
      cache: this.#cache,
      prices: prices ?? null,
      ...defined({ temperature, contextSentences, batchTokens, batchSentences, maxOutputTokens, languages }),
      ...defined({ fallback, glossary }),
    });
  }
}

/**
 * One translator by a provider, with limits, ledger and cache of its own. Sends nothing and needs no key yet.
 * @param given see {@link parseLlmSettings}
 * @throws {VoiceLinguaError} `INVALID_ARGUMENT` or `UNKNOWN_OPTION` for settings that are wrong
 */
export function createLlmTranslator(given: unknown, surroundings: LlmSurroundings = {}): LlmTranslator {
  const { provider, model, ...settings } = parseLlmSettings(given);
  return new ChatService(provider, settings, surroundings).translator(model, surroundings);
}

type Defined<T> = { [N in keyof T]?: Exclude<T[N], undefined> };

/** Without the entries that are undefined. */
function defined<T extends object>(object: T): Defined<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Defined<T>;
}
