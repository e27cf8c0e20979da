import { VoiceLinguaError } from '../../domain/errors.js';
import type { TranslationCost } from '../../domain/translation-account.js';
import type { ChatUsage } from './provider.js';

/** What a model costs, from the user's configuration: money for a million tokens. */
export interface TokenPrices {
  readonly input: number;
  /** For input that the provider had in its prompt cache. Defaults to `input`. */
  readonly cachedInput?: number;
  readonly output: number;
  /** Only shown. Defaults to `USD`. */
  readonly currency?: string;
}

/** Tokens and money of requests that are not made yet. */
export interface CostEstimate {
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Null without prices. */
  readonly cost: number | null;
  readonly currency: string;
  /** Sentences that need no request, since their answer is known. */
  readonly cachedSentences: number;
}

/** Tokens and money of the requests so far. */
export interface CostTotals {
  readonly requests: number;
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  /** Null without prices. */
  readonly cost: number | null;
  readonly currency: string;
  /** Requests whose usage the provider did not tell (broken off, say); the most they can have cost is counted. */
  readonly guessedRequests: number;
}

/** The most that a request can be billed for. */
export interface RequestBound {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** Money put aside for one request. Exactly one of the two is called. */
export interface Reservation {
  /** The request was answered; without its usage, or when it broke off on the way, null counts all of the bound. */
  settle(usage: ChatUsage | null): void;
  /** The request was refused unread; providers bill no error answers. */
  cancel(): void;
}

const MILLION = 1_000_000;

export function costOf(usage: ChatUsage, prices: TokenPrices): number {
  const { inputTokens, cachedInputTokens, outputTokens } = usage;
  const fresh = (inputTokens - cachedInputTokens) * prices.input;
  const cached = cachedInputTokens * (prices.cachedInput ?? prices.input);
  return (fresh + cached + outputTokens * prices.output) / MILLION;
}

/** Counts what requests cost and lets none begin that could take the sum above the budget. */
export class CostLedger {
  readonly #prices: TokenPrices | null;
  readonly #budget: number;
  readonly #parent: CostLedger | null;
  #reserved = 0;
  #requests = 0;
  #guessed = 0;
  #cost = 0;
  #usage: ChatUsage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 };

  /**
   * @param budget most that all requests of this ledger may cost, in the prices' currency; absent: no limit
   * @param parent where all is counted too, within its budget
   * @throws {VoiceLinguaError} `INVALID_ARGUMENT` for a budget without prices
   */
  constructor(prices: TokenPrices | null = null, budget?: number, parent: CostLedger | null = null) {
    if (budget !== undefined && prices === null) {
      throw new VoiceLinguaError(
        'INVALID_ARGUMENT',
        'A budget for translation needs the prices of the model: give input and output for a million tokens.',
        { details: { option: 'budget' } },
      );
    }
    this.#prices = prices;
    this.#budget = budget ?? Number.POSITIVE_INFINITY;
    this.#parent = parent;
  }

  /** A ledger of a part of the work, with the same prices; all of it counts here too. */
  part(): CostLedger {
    return new CostLedger(this.#prices, undefined, this);
  }

  /** @throws {VoiceLinguaError} `BUDGET_EXCEEDED` when the request could cost more than is left */
  reserve({ inputTokens, outputTokens }: RequestBound): Reservation {
    const bound: ChatUsage = { inputTokens, cachedInputTokens: 0, outputTokens };
    const most = this.#prices === null ? 0 : costOf(bound, this.#prices);
    if (this.#cost + this.#reserved + most > this.#budget) throw this.#exceeded(most);
    const above = this.#parent?.reserve({ inputTokens, outputTokens });
    this.#reserved += most;
    return {
      settle: (usage) => {
        above?.settle(usage);
        this.#reserved -= most;
        this.#charge(usage ?? bound);
        if (usage === null) this.#guessed += 1;
      },
      cancel: () => {
        above?.cancel();
        this.#reserved -= most;
      },
    };
  }

  totals(): CostTotals {
    return {
      requests: this.#requests,
      ...this.#usage,
      cost: this.#prices === null ? null : this.#cost,
      currency: currencyOf(this.#prices),
      guessedRequests: this.#guessed,
    };
  }

  #charge(usage: ChatUsage): void {
    this.#requests += 1;
    this.#usage = {
      inputTokens: this.#usage.inputTokens + usage.inputTokens,
      cachedInputTokens: this.#usage.cachedInputTokens + usage.cachedInputTokens,
      outputTokens: this.#usage.outputTokens + usage.outputTokens,
    };
    if (this.#prices !== null) this.#cost += costOf(usage, this.#prices);
  }

  #exceeded(most: number): VoiceLinguaError {
    const currency = currencyOf(this.#prices);
    const money = (value: number): string => `${value.toPrecision(3)} ${currency}`;
    return new VoiceLinguaError(
      'BUDGET_EXCEEDED',
      `The next translation request could cost ${money(most)}, but of the budget of ${money(this.#budget)} only ` +
        `${money(Math.max(0, this.#budget - this.#cost - this.#reserved))} is left. Raise the budget or translate offline.`,
      { details: { budget: this.#budget, spent: this.#cost, reserved: this.#reserved, next: most, currency } },
    );
  }
}

/** Totals as results have them. */
export function translationCost(totals: CostTotals): TranslationCost {
  return {
    requests: totals.requests,
    input_tokens: totals.inputTokens,
    cached_input_tokens: totals.cachedInputTokens,
    output_tokens: totals.outputTokens,
    cost: totals.cost,
    currency: totals.currency,
    guessed_requests: totals.guessedRequests,
  };
}

/** What the ledger and estimates show as currency. */
export function currencyOf(prices: TokenPrices | null): string {
  return prices?.currency ?? 'USD';
}
