/** What chat models were asked and paid for a task's translations; `metadata.translation_cost` of its package. */
export interface TranslationCost {
  readonly requests: number;
  /** Cached ones included. */
  readonly input_tokens: number;
  /** Those that the provider had in its own prompt cache. */
  readonly cached_input_tokens: number;
  readonly output_tokens: number;
  /** Null without prices. */
  readonly cost: number | null;
  readonly currency: string;
  /** Requests whose usage the provider did not tell; the most they can have cost is counted. */
  readonly guessed_requests: number;
}

/** Who translated for a task, and what it cost. */
export interface TranslationAccount {
  /** Models that made translations; of one attempt the preferred first. */
  readonly models: readonly string[];
  /** Null where no chat model was asked. */
  readonly cost: TranslationCost | null;
}

export const NO_ACCOUNT: TranslationAccount = { models: [], cost: null };

/** Costs of different currencies, or of which one is unknown, have no sum in money. */
export function addCosts(one: TranslationCost | null, other: TranslationCost | null): TranslationCost | null {
  if (one === null || other === null) return one ?? other;
  const priced = one.cost !== null && other.cost !== null && one.currency === other.currency;
  return {
    requests: one.requests + other.requests,
    input_tokens: one.input_tokens + other.input_tokens,
    cached_input_tokens: one.cached_input_tokens + other.cached_input_tokens,
    output_tokens: one.output_tokens + other.output_tokens,
    cost: priced ? (one.cost as number) + (other.cost as number) : null,
    currency: one.currency,
    guessed_requests: one.guessed_requests + other.guessed_requests,
  };
}

/** What an earlier attempt at a task did, with what this one does. */
export function addAccounts(one: TranslationAccount, other: TranslationAccount): TranslationAccount {
  return { models: [...new Set([...one.models, ...other.models])], cost: addCosts(one.cost, other.cost) };
}
