import type { MemoryEntry, NewMemoryEntry } from '../domain/translation-memory.js';
import type { MemoryFilter, TaskStore } from './task-store.js';

/** Entries read and written at once: a message to the store of some 200 kB. */
const BATCH = 500;

/** Writes the pages that it is given, one after the other, and resolves when all is written. */
export type MemoryWriter = (pages: AsyncIterable<readonly MemoryEntry[]>) => Promise<void>;

/** Gives entries in batches, and tells what it left out. */
export interface MemoryReader extends AsyncIterable<readonly NewMemoryEntry[]> {
  readonly counts: {
    /** Units of the file read so far. */
    readonly units: number;
    /** Translations that became no entry, by reason. */
    readonly skipped: Readonly<Record<string, number>>;
  };
}

export interface MemoryExport {
  readonly entries: number;
}

export interface MemoryImport {
  /** Units of the file. */
  readonly units: number;
  /** Entries that were not there before. */
  readonly added: number;
  /** Entries that took the place of an older translation. */
  readonly replaced: number;
  /** Entries that had to go because the memory is full; more than the limit takes, and some of these are among them. */
  readonly evicted: number;
  readonly skipped: Readonly<Record<string, number>>;
}

export interface ExchangeOptions<Progress> {
  /** Rejects with its reason; what was imported until then stays. */
  readonly signal?: AbortSignal;
  /** Told what is done so far after each batch, some hundreds of entries. */
  readonly onProgress?: (soFar: Progress) => void;
}

/** Hands the translation memory, or a part of it, to a writer. What is remembered or pruned meanwhile may be in it or not. */
export async function exportMemory(
  store: Pick<TaskStore, 'memoryEntries'>,
  write: MemoryWriter,
  filter: Omit<MemoryFilter, 'after' | 'limit'> = {},
  { signal, onProgress }: ExchangeOptions<MemoryExport> = {},
): Promise<MemoryExport> {
  let exported = 0;
  async function* pages(): AsyncGenerator<readonly MemoryEntry[]> {
    let after: number | null = 0;
    while (after !== null) {
      signal?.throwIfAborted();
      const { entries, next }: Awaited<ReturnType<TaskStore['memoryEntries']>> = await store.memoryEntries({
        ...filter,
        after,
        limit: BATCH,
      });
      exported += entries.length;
      if (entries.length > 0) yield entries;
      onProgress?.({ entries: exported });
      after = next;
    }
  }
  await write(pages());
  return { entries: exported };
}

/**
 * Remembers all that a reader gives. Of two translations for one key the later stays. When the reader throws, what came before is stored:
 * the same import again does the rest and changes nothing else.
 */
export async function importMemory(
  store: Pick<TaskStore, 'rememberTranslations'>,
  reader: MemoryReader,
  { signal, onProgress }: ExchangeOptions<MemoryImport> = {},
): Promise<MemoryImport> {
  const sums = { added: 0, replaced: 0, evicted: 0 };
  const soFar = (): MemoryImport => ({ units: reader.counts.units, ...sums, skipped: reader.counts.skipped });
  for await (const batch of reader) {
    for (let start = 0; start < batch.length; start += BATCH) {
      signal?.throwIfAborted();
      const { added, replaced, evicted } = await store.rememberTranslations(batch.slice(start, start + BATCH));
      sums.added += added;
      sums.replaced += replaced;
      sums.evicted += evicted;
      onProgress?.(soFar());
    }
  }
  return soFar();
}
