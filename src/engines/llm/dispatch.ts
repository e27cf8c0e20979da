import { retryDelay } from '../../domain/backoff.js';
import { VoiceLinguaError } from '../../domain/errors.js';
import { type Clock, systemClock } from './clock.js';
import { CostLedger, type CostTotals } from './cost.js';
import type { ChatAnswer, ChatMessage, ChatOptions, ChatProvider, ProviderFailureDetails } from './provider.js';
import { RateLimiter } from './rate-limit.js';
import { estimateTokens, tokenBound } from './tokens.js';

export interface RetrySettings {
  /** Attempts after the first. Defaults to 5. */
  readonly maxRetries?: number;
  /** Wait before the first retry, milliseconds, doubled for each further; half of it is random. Defaults to 1,000. */
  readonly baseMs?: number;
  /** Longest such wait, milliseconds; a provider's own `Retry-After` may be longer. Defaults to 60,000. */
  readonly capMs?: number;
  /** From the first attempt on, milliseconds: no wait goes beyond, and none is begun that would. Defaults to 600,000. */
  readonly deadlineMs?: number;
}

export interface DispatchParts {
  readonly limiter?: RateLimiter;
  readonly ledger?: CostLedger;
  readonly retry?: RetrySettings;
  readonly clock?: Clock;
  /** Gives 0 ≤ n < 1. */
  readonly random?: () => number;
}

/** Tokens that the API adds for each message, and for the answer's beginning. */
const MESSAGE_OVERHEAD = 16;

const RETRIED = new Set(['PROVIDER_LIMIT', 'PROVIDER_FAILED']);

/** Sends requests to a provider within its limits and the caller's budget, again where that may help. */
export class Dispatcher {
  readonly #provider: ChatProvider;
  readonly #limiter: RateLimiter;
  readonly #ledger: CostLedger;
  readonly #retry: Required<RetrySettings>;
  readonly #clock: Clock;
  readonly #random: () => number;

  constructor(provider: ChatProvider, parts: DispatchParts = {}) {
    this.#provider = provider;
    this.#clock = parts.clock ?? systemClock;
    this.#limiter = parts.limiter ?? new RateLimiter({}, this.#clock);
    this.#ledger = parts.ledger ?? new CostLedger();
    this.#random = parts.random ?? Math.random;
    const { maxRetries = 5, baseMs = 1000, capMs = 60_000, deadlineMs = 600_000 } = parts.retry ?? {};
    this.#retry = { maxRetries, baseMs, capMs, deadlineMs };
  }

  /** The same dispatcher, with its limits and its budget, for a part of the work whose costs are counted by themselves too. */
  part(): Dispatcher {
    return new Dispatcher(this.#provider, {
      limiter: this.#limiter,
      ledger: this.#ledger.part(),
      retry: this.#retry,
      clock: this.#clock,
      random: this.#random,
    });
  }

  totals(): CostTotals {
    return this.#ledger.totals();
  }

  /**
   * The provider's answer, after as many attempts as the settings allow.
   * @param expectedTokens of the answer, for the rate limit
   * @throws {VoiceLinguaError} the last attempt's error, or `BUDGET_EXCEEDED`; the signal's reason when that aborts
   */
  async send(
    messages: readonly ChatMessage[],
    options: ChatOptions,
    expectedTokens: number,
    signal?: AbortSignal,
  ): Promise<ChatAnswer> {
    const sent = JSON.stringify([messages, options.schema]);
    const tokens = estimateTokens(sent) + expectedTokens;
    const bound = {
      inputTokens: tokenBound(sent) + MESSAGE_OVERHEAD * (messages.length + 1),
      outputTokens: options.maxOutputTokens,
    };
    let end = Number.POSITIVE_INFINITY;
    for (let retries = 0; ; retries++) {
      const permit = await this.#limiter.acquire(tokens, signal);
      if (retries === 0) end = this.#clock.now() + this.#retry.deadlineMs;
      try {
        return await this.#attempt(messages, options, bound, permit.release, end, signal);
      } catch (thrown) {
        signal?.throwIfAborted();
        const wait = this.#waitAfter(thrown, retries, end);
        if (wait === null) throw thrown;
        await this.#clock.sleep(wait, signal);
        if (this.#clock.now() >= end) throw thrown;
      } finally {
        permit.release();
      }
    }
  }

  async #attempt(
    messages: readonly ChatMessage[],
    options: ChatOptions,
    bound: { readonly inputTokens: number; readonly outputTokens: number },
    release: (tokens?: number) => void,
    end: number,
    signal: AbortSignal | undefined,
  ): Promise<ChatAnswer> {
    const reservation = this.#ledger.reserve(bound);
    try {
      const left = Math.max(1, end - this.#clock.now());
      const timeoutMs = Math.min(left, options.timeoutMs ?? left);
      const answer = await this.#provider.complete(messages, { ...options, timeoutMs }, signal);
      reservation.settle(answer.usage);
      const { usage } = answer;
      release(usage === null ? undefined : usage.inputTokens + usage.outputTokens);
      return answer;
    } catch (thrown) {
      // Before the next one in line gets the place. A wait beyond the deadline is for nobody: others are told themselves.
      const asked = askedWait(thrown);
      if (this.#clock.now() + asked < end) this.#limiter.holdBack(asked);
      release();
      if (wasRefusedUnread(thrown)) reservation.cancel();
      else reservation.settle(null);
      throw thrown;
    }
  }

  /** Milliseconds until the next attempt; null when there is none. */
  #waitAfter(thrown: unknown, retries: number, end: number): number | null {
    if (!(thrown instanceof VoiceLinguaError) || !thrown.retryable || !RETRIED.has(thrown.code)) return null;
    if (retries >= this.#retry.maxRetries) return null;
    const asked = askedWait(thrown);
    const { baseMs, capMs } = this.#retry;
    // Of those that wait for the same moment, each comes a little later than asked.
    const own = retryDelay(retries, { baseMs, capMs }, this.#random);
    const wait = asked === 0 ? own : asked + Math.round(this.#random() * baseMs);
    return this.#clock.now() + wait >= end ? null : wait;
  }
}

/** Milliseconds that the provider asks to wait; 0 when it asks for nothing. */
function askedWait(thrown: unknown): number {
  if (!(thrown instanceof VoiceLinguaError)) return 0;
  return (thrown.details as Partial<ProviderFailureDetails>).retryAfterMs ?? 0;
}

/** An HTTP error answer, or an error before anything was sent (no key). */
function wasRefusedUnread(thrown: unknown): boolean {
  if (!(thrown instanceof VoiceLinguaError)) return false;
  return 'status' in thrown.details || thrown.code === 'PROVIDER_AUTH';
}
