import {
  IMPORTED_MODEL,
  type MemoryEntry,
  type MemoryKey,
  type NewMemoryEntry,
  type RecalledTranslation,
} from '../../domain/translation-memory.js';
import { type Instant, isoTime } from '../clock.js';
import { checkedEntries, checkedKeys, checkedMemoryFilter, checkedMemoryPrune } from '../memory-rules.js';
import type {
  MemoryFilter,
  MemoryGroup,
  MemoryPage,
  MemoryPrune,
  MemoryStats,
  MemoryUsage,
  Remembered,
} from '../task-store.js';

interface Stored {
  /** Place in the order in which keys were first remembered. */
  readonly id: number;
  readonly entry: NewMemoryEntry;
  readonly createdAt: number;
  lastUsed: number;
  uses: number;
}

/** The translation memory of a store that lives in memory. */
export class TranslationMemory {
  /** By {@link keyOf}. */
  readonly #entries = new Map<string, Stored>();
  #lastId = 0;
  #reused = 0;
  #evicted = 0;

  /** @param limit most entries */
  constructor(private readonly limit: number) {}

  recall(now: Instant, keys: readonly MemoryKey[]): Array<RecalledTranslation | null> {
    const used = new Set<Stored>();
    const recalled = checkedKeys(keys).map((key) => {
      const found =
        this.#entries.get(keyOf({ ...key, model: IMPORTED_MODEL, options: '' })) ?? this.#entries.get(keyOf(key));
      if (found === undefined) return null;
      used.add(found);
      this.#reused += 1;
      const { translation, confidence, model } = found.entry;
      return { translation, confidence, imported: model === IMPORTED_MODEL };
    });
    // A text that is asked for twice in one call is used once.
    for (const stored of used) {
      stored.lastUsed = now.wall;
      stored.uses += 1;
    }
    return recalled;
  }

  remember(now: Instant, entries: readonly NewMemoryEntry[]): Remembered {
    let added = 0;
    let replaced = 0;
    for (const entry of checkedEntries(entries)) {
      const key = keyOf(entry);
      const old = this.#entries.get(key);
      if (old === undefined) {
        added += 1;
        this.#lastId += 1;
      } else replaced += 1;
      const { id, createdAt, uses } = old ?? { id: this.#lastId, createdAt: now.wall, uses: 0 };
      this.#entries.set(key, { id, entry, createdAt, lastUsed: now.wall, uses });
    }
    const evicted = Math.max(0, this.#entries.size - this.limit);
    if (evicted > 0) this.#forget(this.#byUse(true).slice(0, evicted));
    this.#evicted += evicted;
    return { added, replaced, evicted };
  }

  page(filter: MemoryFilter): MemoryPage {
    const { source, target, model, after, limit } = checkedMemoryFilter(filter);
    const matching = [...this.#entries.values()]
      .filter(
        ({ id, entry }) =>
          id > after &&
          (source === null || entry.source === source) &&
          (target === null || entry.target === target) &&
          (model === null || entry.model === model),
      )
      .sort((a, b) => a.id - b.id);
    const page = matching.slice(0, limit);
    return {
      entries: page.map(toEntry),
      next: matching.length > page.length ? (page.at(-1)?.id ?? after) : null,
    };
  }

  prune(now: Instant, filter: MemoryPrune): number {
    const { keep, usedBy, model, limit, dryRun } = checkedMemoryPrune(filter, now.wall);
    const matching = this.#byUse(false).filter(
      ({ lastUsed, entry }) => lastUsed <= usedBy && (model === null || entry.model === model),
    );
    const gone = matching.slice(0, Math.max(0, Math.min(limit, matching.length - keep)));
    if (!dryRun) this.#forget(gone);
    return gone.length;
  }

  stats(): MemoryStats {
    return { entries: this.#entries.size, reused: this.#reused, evicted: this.#evicted };
  }

  usage(): MemoryUsage {
    const groups = new Map<string, MemoryGroup>();
    for (const { entry } of this.#entries.values()) {
      const { source, target, model, text, translation } = entry;
      const key = JSON.stringify([source, target, model]);
      const { entries, bytes } = groups.get(key) ?? { entries: 0, bytes: 0 };
      const added = Buffer.byteLength(text) + Buffer.byteLength(translation);
      groups.set(key, { source, target, model, entries: entries + 1, bytes: bytes + added });
    }
    const order = ({ source, target, model }: MemoryGroup): string => `${source}\0${target}\0${model}`;
    return { limit: this.limit, groups: [...groups.values()].sort((a, b) => (order(a) < order(b) ? -1 : 1)) };
  }

  clear(): void {
    this.#entries.clear();
  }

  /** The longest unused first. */
  #byUse(importsLast: boolean): Stored[] {
    const rank = ({ entry }: Stored): number => (importsLast && entry.model === IMPORTED_MODEL ? 1 : 0);
    return [...this.#entries.values()].sort(
      (a, b) => rank(a) - rank(b) || a.lastUsed - b.lastUsed || a.uses - b.uses || a.id - b.id,
    );
  }

  #forget(gone: readonly Stored[]): void {
    for (const { entry } of gone) this.#entries.delete(keyOf(entry));
  }
}

function keyOf({ text, source, target, model, options }: MemoryKey): string {
  return JSON.stringify([text, source, target, model, options]);
}

function toEntry({ entry, createdAt, lastUsed, uses }: Stored): MemoryEntry {
  return { ...entry, createdAt: isoTime(createdAt), lastUsedAt: isoTime(lastUsed), uses };
}
