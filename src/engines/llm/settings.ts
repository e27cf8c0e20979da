import {
  defineOptions,
  integer,
  invalidArgument,
  languages,
  nested,
  number,
  type OptionKind,
  required,
  string,
} from '../../domain/options.js';
import type { Translator } from '../ports.js';
import { CostLedger } from './cost.js';
import { Dispatcher } from './dispatch.js';
import { FolderResponseCache } from './folder-cache.js';
import type { GlossaryTerm } from './glossary.js';
import { LlmTranslator } from './llm-translator.js';
import { OpenAiProvider } from './openai-provider.js';
import { RateLimiter } from './rate-limit.js';
import { MemoryResponseCache, type ResponseCache } from './response-cache.js';
import type { Environment } from './secrets.js';

const OWNER = 'llm';

/** Names of environment variables. What looks otherwise may be a key, put in the wrong place, and is not shown. */
const keyNames: OptionKind<string[], 'optional'> = {
  presence: 'optional',
  read: (value) => {
    const list: unknown[] = Array.isArray(value) ? value : [value];
    const named = (one: unknown): one is string => typeof one === 'string' && /^[A-Z][A-Z0-9_]{0,63}$/.test(one);
    if (list.length > 0 && list.every(named)) return list;
    throw invalidArgument(OWNER, 'keyNames', 'names of environment variables in capitals, never a key', {});
  },
};

/** A model's price table, money for a million tokens. */
const parsePrices = defineOptions('llm.prices', {
  input: required(number({ min: 0 })),
  cachedInput: number({ min: 0 }),
  output: required(number({ min: 0 })),
  currency: string(),
});

const parseLimits = defineOptions('llm.limits', {
  requestsPerMinute: integer({ min: 1 }),
  tokensPerMinute: integer({ min: 1 }),
  concurrency: integer({ min: 1, max: 256 }),
});

const parseRetry = defineOptions('llm.retry', {
  maxRetries: integer({ min: 0, max: 100 }),
  baseMs: integer({ min: 1 }),
  capMs: integer({ min: 1 }),
  deadlineMs: integer({ min: 1 }),
});

/**
 * What a configuration file may say about translation by a provider, and nothing secret: keys come from the environment.
 * Defaults are those of the parts; see {@link OpenAiProvider}, {@link LlmTranslator}, {@link RateLimiter}, {@link Dispatcher}.
 */
export const parseLlmSettings = defineOptions(OWNER, {
  /** `openai`, `deepseek`, `gemini` or `local`. */
  provider: required(string()),
  /** The provider's name of the model. */
  model: required(string()),
  baseUrl: string(),
  keyNames,
  timeoutMs: integer({ min: 1 }),
  maxResponseBytes: integer({ min: 1024 }),
  temperature: number({ min: 0, max: 2 }),
  contextSentences: integer({ min: 0, max: 50 }),
  batchTokens: integer({ min: 1 }),
  batchSentences: integer({ min: 1, max: 200 }),
  maxOutputTokens: integer({ min: 64 }),
  languages: languages(),
  prices: nested(parsePrices),
  /** Most that all requests of this translator may cost, in the prices' currency. */
  budget: number({ min: 0 }),
  limits: nested(parseLimits),
  retry: nested(parseRetry),
  /** Folder of the response cache; without one answers are kept in memory. */
  cacheFolder: string(),
});

export type LlmSettings = ReturnType<typeof parseLlmSettings>;

/** What no configuration file can hold. */
export interface LlmSurroundings {
  readonly fallback?: Translator;
  readonly glossary?: readonly GlossaryTerm[];
  /** In place of the folder's or the one in memory. */
  readonly cache?: ResponseCache;
  readonly environment?: Environment;
}

/**
 * A translator by a provider, with its limits, ledger and cache. Sends nothing and needs no key yet.
 * @param given see {@link parseLlmSettings}
 * @throws {VoiceLinguaError} `INVALID_ARGUMENT` or `UNKNOWN_OPTION` for settings that are wrong
 */
export function createLlmTranslator(given: unknown, surroundings: LlmSurroundings = {}): LlmTranslator {
  const { provider: preset, baseUrl, timeoutMs, maxResponseBytes, ...settings } = parseLlmSettings(given);
  const { environment, ...parts } = surroundings;
  const { prices, budget, limits, retry, cacheFolder, keyNames: names, ...translation } = settings;
  const provider = new OpenAiProvider({
    preset,
    ...defined({ baseUrl, keyNames: names, timeoutMs, maxResponseBytes, environment }),
  });
  const dispatcher = new Dispatcher(provider, {
    limiter: new RateLimiter(limits),
    ledger: new CostLedger(prices ?? null, budget),
    ...defined({ retry }),
  });
  const cache = cacheFolder === undefined ? new MemoryResponseCache() : new FolderResponseCache(cacheFolder);
  return new LlmTranslator({ cache, ...translation, ...parts, provider, dispatcher, prices: prices ?? null });
}

type Defined<T> = { [N in keyof T]?: Exclude<T[N], undefined> };

/** Without the entries that are undefined. */
function defined<T extends object>(object: T): Defined<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Defined<T>;
}
