import { VoiceLinguaError } from './domain/errors.js';
import type { TranslationCost } from './domain/translation-account.js';
import { ChatService } from './engines/llm/chat-service.js';
import { translationCost } from './engines/llm/cost.js';
import { type ChatSettings, settingsOf } from './engines/llm/settings.js';

/** The providers of one instance: each has one dispatcher, with its limits and budget, and one cache for all tasks. */
export class ChatModels {
  readonly #settings: ChatSettings;
  readonly #services = new Map<string, ChatService>();

  constructor(settings: ChatSettings = {}) {
    this.#settings = settings;
  }

  /** @throws {VoiceLinguaError} `INVALID_ARGUMENT` for settings that do not fit the provider */
  service(provider: string): ChatService {
    const known = this.#services.get(provider);
    if (known !== undefined) return known;
    const settings = settingsOf(provider, this.#settings);
    for (const other of this.#services.keys()) {
      if (this.#sharesAddress(provider) && this.#sharesAddress(other)) throw sharedAddress(provider, other);
    }
    const service = new ChatService(provider, settings);
    this.#services.set(provider, service);
    return service;
  }

  /** What was asked and paid so far, by provider; those that were never asked are left out. */
  costs(): Record<string, TranslationCost> {
    const asked = [...this.#services].map(([name, service]) => [name, service.totals()] as const);
    return Object.fromEntries(
      asked.filter(([, { requests }]) => requests > 0).map(([name, one]) => [name, translationCost(one)]),
    );
  }

  /** Whether the provider has no address of its own, and takes the one that is set for all. */
  #sharesAddress(provider: string): boolean {
    const own = this.#settings[provider as keyof ChatSettings] as { readonly baseUrl?: string } | undefined;
    return this.#settings.baseUrl !== undefined && own?.baseUrl === undefined;
  }
}

/** One provider's key would go to where the other's is. */
function sharedAddress(provider: string, other: string): VoiceLinguaError {
  return new VoiceLinguaError(
    'INVALID_ARGUMENT',
    `llm: "baseUrl" is set for all providers, but ${other} and ${provider} are not at one address. Set it under the provider's name: llm.${provider}.baseUrl.`,
    { details: { option: 'baseUrl', provider } },
  );
}
