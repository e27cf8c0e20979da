import type { SerializedError } from '../../domain/errors.js';
import type { Instant } from '../clock.js';
import type { TaskStore } from '../task-store.js';

/** What is asked of the thread in place of a method whose answer would be too large for one message. */
export interface PartialReads {
  /** Segments of a task's next windows; null when there is no such task (any more). */
  segmentPage(taskId: string, afterWindow: number): Promise<SegmentPage | null>;
}

export interface SegmentPage {
  /** Segments of each window, JSON: half the memory and time that objects take on their way between threads. */
  readonly texts: readonly string[];
  /** Where the next page begins; null after the last one. */
  readonly next: number | null;
}

type Methods = Omit<TaskStore, 'close' | 'segments'> & PartialReads;

export type StoreMethod = keyof Methods;

/** The store's methods as they run on its thread: at once, told the time of the call. */
export type StoreOperations = {
  readonly [M in StoreMethod]: (now: Instant, ...args: Parameters<Methods[M]>) => Awaited<ReturnType<Methods[M]>>;
};

export type StoreCall<M extends StoreMethod> = Methods[M];

/** Methods that only read; what a recall notes is written later. */
export const READS: ReadonlySet<StoreMethod> = new Set<StoreMethod>([
  'owners',
  'waiting',
  'known',
  'checkpoints',
  'attempts',
  'outputs',
  'stats',
  'get',
  'list',
  'count',
  'segmentPage',
  'translations',
  'content',
  'recallTranslations',
  'memoryEntries',
  'memoryUsage',
  'glossary',
]);

/** Methods that read, and write nothing but what is this connection's own: no other process has to wait for them. */
export const LOCAL: ReadonlySet<StoreMethod> = new Set<StoreMethod>(['select', 'settled', 'deselect']);

export interface StoreRequest {
  readonly id: number;
  readonly method: StoreMethod | 'close';
  readonly now: Instant;
  readonly args: readonly unknown[];
  /** Arguments and answer travel as wire.ts has them. */
  readonly packed?: boolean;
}

export type StoreReply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: SerializedError };

/** What a thread without a store is told. */
export type ThreadOrder = { readonly open: StoreWorkerData } | { readonly end: true };

/** What the thread says once, before it takes requests. */
export type StoreGreeting =
  /** `checked` is false for a store that is too large to be checked as a whole when it is opened. */
  { readonly opened: true; readonly checked: boolean } | { readonly opened: false; readonly error: SerializedError };

export interface StoreWorkerData {
  readonly path: string;
  readonly busyTimeoutMs: number;
  /** Most entries of the translation memory, as the caller gave it. */
  readonly memoryLimit?: number;
}
