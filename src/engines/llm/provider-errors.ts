import { VoiceLinguaError } from '../../domain/errors.js';
import type { ProviderFailureDetails } from './provider.js';

/** An HTTP answer that is an error, as far as it matters; the message is already without the key. */
export interface HttpFailure {
  readonly provider: string;
  readonly model: string;
  readonly keyNames: readonly string[];
  readonly status: number;
  /** The provider's own code, `insufficient_quota`. */
  readonly code?: string;
  readonly message: string;
  readonly retryAfterMs?: number;
}

/** Longest part of a provider's message that is passed on. */
const LONGEST_MESSAGE = 300;

/** What providers call a text that their rules forbid, in 400 answers. */
const FORBIDDEN = /content[_ ](?:filter|policy|exists)|responsible ?ai|safety|moderation/i;

/** The typed error of an HTTP error answer, with the way out. */
export function httpError(failure: HttpFailure): VoiceLinguaError {
  const { provider, model, keyNames, status, code = '', retryAfterMs } = failure;
  const said = failure.message === '' ? '' : `: ${shortened(failure.message)}`;
  const details = {
    provider,
    status,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  } satisfies ProviderFailureDetails;
  const make = (
    error: 'PROVIDER_AUTH' | 'PROVIDER_REFUSED' | 'PROVIDER_LIMIT' | 'PROVIDER_FAILED' | 'MODEL_NOT_FOUND',
    wayOut: string,
    retryable?: boolean,
  ): VoiceLinguaError =>
    new VoiceLinguaError(error, `The provider ${provider} answered HTTP ${status}${said} ${wayOut}`, {
      details,
      ...(retryable === undefined ? {} : { retryable }),
    });
  if (status === 401 || status === 403) {
    return make('PROVIDER_AUTH', `Check the key in ${keyNames.join(' or ')} and what it may use.`);
  }
  if (status === 402 || code === 'insufficient_quota') {
    return make('PROVIDER_LIMIT', 'Its quota or balance is used up: top it up, or translate offline.', false);
  }
  if (status === 404) return make('MODEL_NOT_FOUND', `Check the model name "${model}" and the base URL.`);
  if (status === 429) return make('PROVIDER_LIMIT', 'It takes no more requests for now: try again later.');
  if (status >= 300 && status < 400) {
    return make('PROVIDER_FAILED', 'The key is not sent after a redirect: give the final base URL.', false);
  }
  if (status === 408 || status === 409 || status === 425 || (status >= 500 && status !== 501)) {
    return make('PROVIDER_FAILED', 'Try again later, or translate offline.');
  }
  if (FORBIDDEN.test(code) || FORBIDDEN.test(failure.message)) {
    return make('PROVIDER_REFUSED', 'Its rules forbid this text: translate it offline.');
  }
  return make('PROVIDER_FAILED', 'It does not take this request: check model and base URL.', false);
}

/** The typed error of a request that got no usable HTTP answer. */
export function transportError(provider: string, what: string, retryable = true): VoiceLinguaError {
  return new VoiceLinguaError('PROVIDER_FAILED', `The provider ${provider} ${what}`, {
    retryable,
    details: { provider } satisfies ProviderFailureDetails,
  });
}

function shortened(message: string): string {
  const line = message.replace(/\s+/g, ' ').trim();
  const cut = line.length > LONGEST_MESSAGE ? `${line.slice(0, LONGEST_MESSAGE)}…` : line;
  return /[.!?…]$/.test(cut) ? cut : `${cut}.`;
}

/**
 * Milliseconds that a provider asks to wait: `Retry-After` in seconds or as an HTTP date, or the finer `retry-after-ms`.
 * Dates are compared with the answer's own `Date`, so that a clock that is wrong here does not matter.
 * @param now milliseconds since 1970, for answers without a `Date`
 */
export function retryAfterOf(header: (name: string) => string | null, now: number): number | undefined {
  const milliseconds = positive(header('retry-after-ms'));
  if (milliseconds !== undefined) return milliseconds;
  const value = header('retry-after')?.trim();
  if (value === undefined || value === '') return undefined;
  const seconds = positive(value);
  if (seconds !== undefined) return seconds * 1000;
  const until = Date.parse(value);
  if (Number.isNaN(until)) return undefined;
  const from = Date.parse(header('date') ?? '');
  return Math.max(0, until - (Number.isNaN(from) ? now : from));
}

function positive(value: string | null): number | undefined {
  return value !== null && /^\d+(?:\.\d+)?$/.test(value.trim()) ? Number(value) : undefined;
}
