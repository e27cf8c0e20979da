export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** A JSON Schema that the answer shall follow; the name is for the provider's own use. */
export interface AnswerSchema {
  readonly name: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

export interface ChatOptions {
  readonly model: string;
  /** Most tokens that the answer may have; the provider cuts it off there. */
  readonly maxOutputTokens: number;
  /** Randomness; 0 asks for the likeliest answer. Left to the provider where it takes none. Defaults to 0. */
  readonly temperature?: number;
  /** Where the endpoint takes no schema, the prompt alone asks for JSON. */
  readonly schema?: AnswerSchema;
  /** Longest time for this one request, milliseconds; the provider's own limit holds too. */
  readonly timeoutMs?: number;
}

/** What a request was billed for. */
export interface ChatUsage {
  /** All tokens of the question, cached ones included. */
  readonly inputTokens: number;
  /** Those of them that the provider had in its own prompt cache. */
  readonly cachedInputTokens: number;
  /** All tokens of the answer, hidden reasoning included. */
  readonly outputTokens: number;
}

/** Why an answer ended: of itself, at the token limit, by the provider's filter or refusal, or for another reason. */
export type FinishReason = 'stop' | 'length' | 'refused' | 'other';

export interface ChatAnswer {
  /** Empty when the provider gave none. */
  readonly text: string;
  readonly finishReason: FinishReason;
  /** Null when the provider did not say. */
  readonly usage: ChatUsage | null;
}

/**
 * A chat model behind some API. One call is one request without retries: waiting, limits and costs are the caller's.
 *
 * `complete` throws `VoiceLinguaError`: `PROVIDER_AUTH`, `PROVIDER_REFUSED`, `PROVIDER_LIMIT`, `PROVIDER_FAILED` or
 * `MODEL_NOT_FOUND`, with {@link ProviderFailureDetails}; it rejects with the signal's reason when that aborts.
 */
export interface ChatProvider {
  /** Name for messages, results and the response cache: `deepseek`. */
  readonly name: string;
  /** Where requests go, without credentials; tells servers of the same model name apart in the response cache. */
  readonly endpoint: string;
  complete(messages: readonly ChatMessage[], options: ChatOptions, signal?: AbortSignal): Promise<ChatAnswer>;
}

/** `details` of a provider's error. */
export interface ProviderFailureDetails {
  readonly provider: string;
  /** HTTP status; absent when there was no answer: such a request may have been billed. */
  readonly status?: number;
  /** How long the provider asks to wait, milliseconds. */
  readonly retryAfterMs?: number;
}
