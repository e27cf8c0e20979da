import type OpenAI from 'openai';
import { VoiceLinguaError } from '../../domain/errors.js';
import { adaptDialect, type Dialect } from './dialect.js';
import { type Preset, presetOf } from './presets.js';
import type { ChatAnswer, ChatMessage, ChatOptions, ChatProvider, ChatUsage, FinishReason } from './provider.js';
import { httpError, retryAfterOf, transportError } from './provider-errors.js';
import { type Environment, readKey, withoutKey } from './secrets.js';
import { BodyTooLargeError, boundedFetch } from './transport.js';

export interface OpenAiProviderOptions {
  /** `openai`, `deepseek`, `gemini` or `local`. */
  readonly preset: string;
  /** Replaces the preset's. Without TLS it is taken for this machine, and elsewhere only while no key is set. */
  readonly baseUrl?: string;
  /** Environment variables that may hold the key, in place of the preset's. */
  readonly keyNames?: readonly string[];
  /** Longest time for one request, answer included, milliseconds. Defaults to 120,000. */
  readonly timeoutMs?: number;
  /** Largest answer, bytes. Defaults to 8 MiB. */
  readonly maxResponseBytes?: number;
  /** Defaults to the process's, read anew for every request. */
  readonly environment?: Environment;
}

const TIMEOUT_MS = 120_000;
const MAX_RESPONSE_BYTES = 8 * 1024 * 1024;
/** The client wants a key to start; the true one is put in by {@link boundedFetch} and never seen by the client. */
const NO_KEY = 'sent-by-the-transport';

type Completion = Partial<OpenAI.Chat.ChatCompletion> & { readonly error?: { readonly message?: unknown } };

/**
 * Any endpoint that speaks OpenAI's chat API, through the official client, which is read with the first request. The key
 * is read from the environment for each request and stands in no field, error or log.
 */
export class OpenAiProvider implements ChatProvider {
  readonly name: string;
  readonly endpoint: string;
  readonly #preset: Preset;
  readonly #timeoutMs: number;
  readonly #maxBytes: number;
  readonly #environment: Environment;
  #dialect: Dialect;
  #library: Promise<typeof import('openai')> | null = null;
  #client: OpenAI | null = null;

  /** @throws {VoiceLinguaError} `INVALID_ARGUMENT` for a preset or base URL that is none */
  constructor(options: OpenAiProviderOptions) {
    const preset = presetOf(options.preset);
    this.#preset = { ...preset, keyNames: options.keyNames ?? preset.keyNames };
    this.name = preset.name;
    this.endpoint = checkedUrl(options.baseUrl ?? preset.baseUrl);
    this.#dialect = preset.dialect;
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    this.#maxBytes = options.maxResponseBytes ?? MAX_RESPONSE_BYTES;
    this.#environment = options.environment ?? process.env;
  }

  /**
   * Whether requests would have a key, without sending one: the name of the variable that holds it; null where none is needed.
   * @throws {VoiceLinguaError} `PROVIDER_AUTH` without a key, or with one that must not be sent
   */
  checkKey(): string | null {
    const key = this.#key();
    return key === null
      ? null
      : (this.#preset.keyNames.find((name) => this.#environment[name]?.trim() === key) ?? null);
  }

  async complete(messages: readonly ChatMessage[], options: ChatOptions, signal?: AbortSignal): Promise<ChatAnswer> {
    signal?.throwIfAborted();
    this.#key();
    const client = await this.#open();
    for (;;) {
      const dialect = this.#dialect;
      const answer = await this.#request(client, messages, options, dialect, signal);
      if (answer !== 'again') return answer;
    }
  }

  /** One request; `again` when the endpoint refused a parameter that the next one leaves out. */
  async #request(
    client: OpenAI,
    messages: readonly ChatMessage[],
    options: ChatOptions,
    dialect: Dialect,
    signal: AbortSignal | undefined,
  ): Promise<ChatAnswer | 'again'> {
    const limit = Math.min(this.#timeoutMs, options.timeoutMs ?? Number.POSITIVE_INFINITY);
    // An own controller for each request: the client never takes its listeners off the signal that it is given.
    const controller = new AbortController();
    let timedOut = false;
    const timeout = setTimeout(() => {
      timedOut = true;
      controller.abort();
    }, limit);
    const abort = (): void => controller.abort();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      const body = requestBody(messages, options, dialect);
      const completion = (await client.chat.completions.create(body, { signal: controller.signal })) as Completion;
      return this.#answerOf(completion);
    } catch (thrown) {
      signal?.throwIfAborted();
      if (timedOut) throw transportError(this.name, `gave no whole answer within ${limit / 1000} s.`);
      const refusal = await this.#refusedParameter(thrown);
      // Another request may have learnt meanwhile what this one did not know yet.
      const next = refusal === null || dialect !== this.#dialect ? this.#dialect : adaptDialect(dialect, refusal);
      if (refusal === null || next === null) throw await this.#errorOf(thrown, options.model);
      this.#dialect = next;
      return 'again';
    } finally {
      clearTimeout(timeout);
      signal?.removeEventListener('abort', abort);
    }
  }

  #answerOf(completion: Completion): ChatAnswer {
    const secret = this.#key();
    const parsed = typeof completion === 'string' ? parseBody(completion) : completion;
    const choice = parsed?.choices?.[0];
    const message = choice?.message;
    if (choice === undefined || typeof message !== 'object' || message === null) {
      const said = typeof parsed?.error?.message === 'string' ? withoutKey(parsed.error.message, secret) : '';
      throw transportError(this.name, `answered what is no chat completion. ${said.slice(0, 200)}`.trim());
    }
    // Not in the client's types: DeepSeek, when it has no capacity.
    if ((choice.finish_reason as string) === 'insufficient_system_resource') {
      throw transportError(this.name, 'broke off for want of capacity.');
    }
    return {
      text: typeof message.content === 'string' ? withoutKey(message.content, secret) : '',
      finishReason: finishReasonOf(choice.finish_reason, message.refusal),
      usage: usageOf(parsed?.usage),
    };
  }

  async #refusedParameter(thrown: unknown): Promise<string | null> {
    const { APIError } = await this.#read();
    if (!(thrown instanceof APIError) || (thrown.status !== 400 && thrown.status !== 422)) return null;
    return `${thrown.param ?? ''} ${thrown.message}`;
  }

  async #errorOf(thrown: unknown, model: string): Promise<VoiceLinguaError> {
    if (thrown instanceof VoiceLinguaError) return thrown;
    const { APIError, APIConnectionError } = await this.#read();
    const cause = thrown instanceof Error ? thrown.cause : undefined;
    if (cause instanceof VoiceLinguaError) return cause;
    if (cause instanceof BodyTooLargeError) {
      return transportError(this.name, `sent more than ${cause.limit} bytes.`, false);
    }
    if (thrown instanceof APIConnectionError) {
      const reason = networkCode(thrown);
      return transportError(this.name, `cannot be reached or broke off (${reason}). Check network and base URL.`);
    }
    if (thrown instanceof APIError && typeof thrown.status === 'number') {
      const { status, headers, code } = thrown;
      const retryAfterMs = retryAfterOf((name) => headers?.get(name) ?? null, Date.now());
      return httpError({
        provider: this.name,
        model,
        keyNames: this.#preset.keyNames,
        status,
        message: withoutKey(thrown.message.replace(/^\d{3} /, ''), this.#key()),
        ...(typeof code === 'string' ? { code } : {}),
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      });
    }
    // A body that says it is JSON and is none, above all. The text of such an error may quote the body.
    return transportError(this.name, 'answered what cannot be read.');
  }

  #key(): string | null {
    const { keyNames, keyRequired } = this.#preset;
    const key = readKey({ provider: this.name, keyNames, keyRequired }, this.#environment);
    if (key !== null && !this.endpoint.startsWith('https:') && !isLoopback(new URL(this.endpoint).hostname)) {
      throw new VoiceLinguaError(
        'PROVIDER_AUTH',
        `The key would go to ${this.endpoint} unencrypted: use https, or unset ${keyNames.join(' and ')}.`,
        { details: { provider: this.name } },
      );
    }
    return key;
  }

  #read(): Promise<typeof import('openai')> {
    this.#library ??= import('openai');
    return this.#library;
  }

  async #open(): Promise<OpenAI> {
    const { OpenAI } = await this.#read();
    // Everything that the client would take from the environment or do by itself is set here.
    this.#client ??= new OpenAI({
      apiKey: NO_KEY,
      adminAPIKey: null,
      organization: null,
      project: null,
      webhookSecret: null,
      baseURL: this.endpoint,
      maxRetries: 0,
      logLevel: 'off',
      // Ours ends first.
      timeout: 2 ** 31 - 1,
      fetch: boundedFetch(() => this.#key(), this.#maxBytes),
    });
    return this.#client;
  }
}

function requestBody(
  messages: readonly ChatMessage[],
  { model, maxOutputTokens, temperature = 0, schema }: ChatOptions,
  dialect: Dialect,
): OpenAI.Chat.ChatCompletionCreateParamsNonStreaming {
  return {
    model,
    messages: messages.map(({ role, content }) => ({ role, content })),
    [dialect.limit]: maxOutputTokens,
    ...(dialect.temperature ? { temperature } : {}),
    ...(schema === undefined || dialect.format === 'text'
      ? {}
      : {
          response_format:
            dialect.format === 'json_object'
              ? { type: 'json_object' }
              : { type: 'json_schema', json_schema: { name: schema.name, strict: true, schema: { ...schema.schema } } },
        }),
  };
}

function finishReasonOf(reason: unknown, refusal: unknown): FinishReason {
  if (reason === 'content_filter' || (typeof refusal === 'string' && refusal !== '')) return 'refused';
  return reason === 'stop' || reason === 'length' ? reason : 'other';
}

function usageOf(usage: unknown): ChatUsage | null {
  if (typeof usage !== 'object' || usage === null) return null;
  const given = usage as Record<string, unknown>;
  const details = given.prompt_tokens_details as Record<string, unknown> | null | undefined;
  const inputTokens = given.prompt_tokens;
  const answerTokens = given.completion_tokens;
  const total = given.total_tokens;
  if (!isCount(inputTokens) || !isCount(answerTokens)) return null;
  // Some endpoints count hidden reasoning, which is billed as output, in the total alone.
  const outputTokens = isCount(total) ? Math.max(answerTokens, total - inputTokens) : answerTokens;
  // The second name is DeepSeek's.
  const cached = details?.cached_tokens ?? given.prompt_cache_hit_tokens;
  return { inputTokens, cachedInputTokens: isCount(cached) ? Math.min(cached, inputTokens) : 0, outputTokens };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** A body with another content type than JSON, which the client gives as text. */
function parseBody(text: string): Completion | undefined {
  try {
    return JSON.parse(text) as Completion;
  } catch {
    return undefined;
  }
}

/** `ECONNRESET` and the like, from however deep; never a message, which could quote anything. */
function networkCode(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return at.code;
  }
  return 'no connection';
}

function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '') {
    throw new VoiceLinguaError(
      'INVALID_ARGUMENT',
      'The base URL of a translation provider must be an http or https address without user name and password.',
      { details: { option: 'baseUrl' } },
    );
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d+){3}$/.test(host);
}
