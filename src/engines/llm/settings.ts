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
import { PRESETS } from './presets.js';

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

/** What may be set of a provider and its models, and nothing secret: keys come from the environment. */
const SETTINGS = {
  /** Where requests go; the provider's own address by default. */
  baseUrl: string(),
  /** Environment variables that may hold the key, in place of the provider's. */
  keyNames,
  /** Longest time for one request, answer included, milliseconds. Defaults to 120,000. */
  timeoutMs: integer({ min: 1 }),
  /** Largest answer, bytes. Defaults to 8 MiB. */
  maxResponseBytes: integer({ min: 1024 }),
  /** Randomness. Defaults to 0. */
  temperature: number({ min: 0, max: 2 }),
  /** Sentences before each that the model is shown. Defaults to 3. */
  contextSentences: integer({ min: 0, max: 50 }),
  /** Most tokens of the sentences of one request, estimated. Defaults to 1,200. */
  batchTokens: integer({ min: 1 }),
  /** Most sentences of one request. Defaults to 30. */
  batchSentences: integer({ min: 1, max: 200 }),
  /** Most tokens of one answer. Defaults to 4,096. */
  maxOutputTokens: integer({ min: 64 }),
  /** What the models can translate. Defaults to what large models of all makers do. */
  languages: languages(),
  /** Of the models; costs are counted in tokens alone without. */
  prices: nested(parsePrices),
  /** Most that all requests of one instance to this provider may cost, in the prices' currency. */
  budget: number({ min: 0 }),
  limits: nested(parseLimits),
  retry: nested(parseRetry),
  /** Folder of the response cache; without one answers are kept in memory. */
  cacheFolder: string(),
} as const;

/** Settings of one translator. Defaults are those of the parts. */
export const parseLlmSettings = defineOptions(OWNER, {
  /** `openai`, `deepseek`, `gemini` or `local`. */
  provider: required(string()),
  /** The provider's name of the model. */
  model: required(string()),
  ...SETTINGS,
});

const ofProvider = (name: string) => nested(defineOptions(`${OWNER}.${name}`, SETTINGS));

/** Settings of all providers, and under a provider's name what is other for that one. */
export const parseChatSettings = defineOptions(OWNER, {
  ...SETTINGS,
  openai: ofProvider('openai'),
  deepseek: ofProvider('deepseek'),
  gemini: ofProvider('gemini'),
  local: ofProvider('local'),
});

export type ChatSettings = ReturnType<typeof parseChatSettings>;
export type ProviderSettings = Omit<ReturnType<typeof parseLlmSettings>, 'provider' | 'model'>;

/** What holds for one provider. */
export function settingsOf(provider: string, settings: ChatSettings): ProviderSettings {
  const common = Object.entries(settings).filter(([name]) => !PRESETS.some((preset) => preset.name === name));
  return {
    ...Object.fromEntries(common),
    ...(settings[provider as keyof ChatSettings] as ProviderSettings | undefined),
  };
}
