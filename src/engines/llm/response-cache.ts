import { createHash } from 'node:crypto';

/** An answer that passed the checks. Neither question nor API key is kept with it. */
export interface CachedTranslation {
  readonly text: string;
  readonly confidence: number;
}

/** Answers by a hash of all that they depend on. A cache may forget; what it gives must be what was put. */
export interface ResponseCache {
  get(key: string): Promise<CachedTranslation | null>;
  put(key: string, value: CachedTranslation): Promise<void>;
}

/** Key of anything that JSON can hold: 64 hexadecimal digits. */
export function cacheKey(...parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** Whether a value read from outside is a cached answer. */
export function isCachedTranslation(value: unknown): value is CachedTranslation {
  if (typeof value !== 'object' || value === null) return false;
  const { text, confidence } = value as Partial<CachedTranslation>;
  return (
    typeof text === 'string' && text !== '' && typeof confidence === 'number' && confidence >= 0 && confidence <= 1
  );
}

/** Keeps the answers of this process that were used last. */
export class MemoryResponseCache implements ResponseCache {
  /** Oldest use first. */
  readonly #answers = new Map<string, CachedTranslation>();
  readonly #most: number;

  /** @param most answers at once. Defaults to 10,000. */
  constructor(most = 10_000) {
    this.#most = most;
  }

  get(key: string): Promise<CachedTranslation | null> {
    const found = this.#answers.get(key);
    if (found === undefined) return Promise.resolve(null);
    this.#answers.delete(key);
    this.#answers.set(key, found);
    return Promise.resolve(found);
  }

  put(key: string, value: CachedTranslation): Promise<void> {
    this.#answers.delete(key);
    this.#answers.set(key, { text: value.text, confidence: value.confidence });
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= this.#most) break;
      this.#answers.delete(oldest);
    }
    return Promise.resolve();
  }
}
