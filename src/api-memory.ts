import type { Readable, Writable } from 'node:stream';
import type { CallOptions } from './api-types.js';
import type { MemoryExport, MemoryImport } from './store/memory-exchange.js';
import type { MemoryGroup } from './store/task-store.js';

export type { MemoryExport, MemoryImport } from './store/memory-exchange.js';
export type { MemoryGroup } from './store/task-store.js';

export interface MemoryImportOptions extends CallOptions {
  /** Only translations from these languages. Defaults to all. */
  readonly from?: string | readonly string[];
  /** Only translations into these languages. Defaults to all. */
  readonly to?: string | readonly string[];
  /** What becomes of inline codes, which hold formatting of the file that was translated: left out, or kept as text. Defaults to `drop`. */
  readonly inlineCodes?: 'drop' | 'text';
  /**
   * Takes what `export` wrote back as it was: with its models, options and confidences. Otherwise, the default, each entry is an import:
   * it goes before what any model makes.
   */
  readonly restore?: boolean;
  /** Called now and then with what is done so far. */
  readonly onProgress?: (soFar: MemoryImport) => void;
}

export interface MemoryExportOptions extends CallOptions {
  readonly from?: string;
  readonly to?: string;
  /** Of this model alone; `imported` are those that no model made. */
  readonly model?: string;
  /** Called now and then with what is done so far. */
  readonly onProgress?: (soFar: MemoryExport) => void;
}

export interface MemoryPruneOptions extends CallOptions {
  /** The entries used last that stay. At least one of `keep`, `olderThanMs` and `model` is needed. */
  readonly keep?: number;
  /** Only entries that were last used so long ago, milliseconds. */
  readonly olderThanMs?: number;
  /** Only entries of this model; `imported` are those that no model made. */
  readonly model?: string;
  /** Only counts. Defaults to false. */
  readonly dryRun?: boolean;
}

/** What the translation memory of a store holds. */
export interface MemoryOverview {
  /** Translated sentences. */
  readonly entries: number;
  /** Most of them; the longest unused go first. */
  readonly limit: number;
  /** Of sentences and translations, as UTF-8. */
  readonly bytes: number;
  /** How often it gave one back, over the life of the store. */
  readonly reused: number;
  /** How many had to go because it was full, over the life of the store. */
  readonly evicted: number;
  /** By pair of languages and model. */
  readonly groups: readonly MemoryGroup[];
}

/** The translation memory of a store, for every task in it. */
export interface TranslationMemoryAccess {
  /**
   * Adds the translations of a TMX file, read as it comes. Of two for one sentence the later stays.
   * @param source a path, or a stream of the file's bytes
   * @throws {VoiceLinguaError} `INPUT_*`; what came before the mistake stays, and `details.imported` says how many entries that are
   */
  import(source: string | Readable, options?: MemoryImportOptions): Promise<MemoryImport>;
  /**
   * Writes it as TMX 1.4b.
   * @param target a path, which is written under another name and then renamed; or a stream, which is left open
   */
  export(target: string | Writable, options?: MemoryExportOptions): Promise<MemoryExport>;
  /** Deletes entries, the longest unused first; answers how many. */
  prune(options: MemoryPruneOptions): Promise<number>;
  /** Counts it; reads all of it. */
  overview(): Promise<MemoryOverview>;
}
