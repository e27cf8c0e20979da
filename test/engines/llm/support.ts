import { VoiceLinguaError } from '../../../src/domain/errors.js';
import { CostLedger } from '../../../src/engines/llm/cost.js';
import { Dispatcher, type RetrySettings } from '../../../src/engines/llm/dispatch.js';
import { LlmTranslator, type LlmTranslatorOptions } from '../../../src/engines/llm/llm-translator.js';
import { OpenAiProvider, type OpenAiProviderOptions } from '../../../src/engines/llm/openai-provider.js';
import { RateLimiter } from '../../../src/engines/llm/rate-limit.js';
import type { TranslationItem, Translator } from '../../../src/engines/ports.js';
import { FakeClock } from './fake-clock.js';
import type { MockServer } from './mock-server.js';

export const KEY = 'sk-test-0123456789abcdefghij';

export function providerOf(server: MockServer, options: Partial<OpenAiProviderOptions> = {}): OpenAiProvider {
  return new OpenAiProvider({
    preset: 'openai',
    baseUrl: server.url,
    environment: { OPENAI_API_KEY: KEY },
    timeoutMs: 5000,
    ...options,
  });
}

export interface TranslatorParts extends Partial<LlmTranslatorOptions> {
  readonly retry?: RetrySettings;
  readonly ledger?: CostLedger;
  readonly providerOptions?: Partial<OpenAiProviderOptions>;
}

/** A translator that asks the mock server, whose waits take no time. */
export function translatorOf(
  server: MockServer,
  { retry = {}, ledger = new CostLedger(), providerOptions = {}, ...parts }: TranslatorParts = {},
): { readonly translator: LlmTranslator; readonly clock: FakeClock } {
  const clock = new FakeClock();
  const provider = providerOf(server, providerOptions);
  const limiter = new RateLimiter({}, clock);
  const dispatcher = new Dispatcher(provider, { limiter, ledger, retry, clock, random: () => 0.5 });
  return { translator: new LlmTranslator({ provider, model: 'mock', dispatcher, ...parts }), clock };
}

export function itemsOf(texts: readonly string[], target = 'es', source = 'en'): TranslationItem[] {
  return texts.map((text) => ({ text, source, target }));
}

/** An offline translator that says what it was given. */
export function fallbackOf(): Translator & { readonly asked: TranslationItem[] } {
  const asked: TranslationItem[] = [];
  return {
    asked,
    info: () => Promise.resolve({ model: 'offline', family: 'm2m100', languages: [] }),
    translate: (items) => {
      asked.push(...items);
      return Promise.resolve(items.map(({ text }) => ({ text: `offline ${text}`, confidence: 0.6 })));
    },
  };
}

/** The library's error that a promise rejects with. */
export async function errorOf(promise: Promise<unknown>): Promise<VoiceLinguaError> {
  try {
    await promise;
  } catch (thrown) {
    if (thrown instanceof VoiceLinguaError) return thrown;
    throw thrown;
  }
  throw new Error('it did not fail');
}
