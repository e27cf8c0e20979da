import { invalidArgument } from './failures.js';
import type { StatsFilter, StoreStats } from './task-store.js';

/** Percentiles are of the tasks completed last, at most so many: they tell of the present, and cost the same in every store. */
export const RECENT_TASKS = 10_000;
/** Longest duration that is added up, milliseconds. */
export const LONGEST_MS = 1e15;

/** Wall-clock time from which tasks count; null for all. */
export function checkedSince(filter: StatsFilter): number | null {
  if (filter.since === undefined) return null;
  const since = typeof filter.since === 'string' ? Date.parse(filter.since) : Number.NaN;
  if (Number.isNaN(since)) {
    throw invalidArgument(`Expected a time (ISO 8601) for since but received ${String(filter.since)}.`, {
      argument: 'since',
    });
  }
  return since;
}

/** Durations are added up as whole milliseconds, so that a sum does not depend on the order in which it was made. */
export function milliseconds(seconds: number): number {
  return Math.min(LONGEST_MS, Math.round(seconds * 1000));
}

type Percentiles = NonNullable<StoreStats['completed']['processing']>;

/** By nearest rank: a percentile is one of the values. */
export function percentiles(values: readonly number[]): Percentiles | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] as number;
  return { p50: at(0.5), p95: at(0.95), max: at(1) };
}

/** Sums over completed tasks, milliseconds. */
export interface CompletedSums {
  readonly processing: number;
  /** The part of `processing` that went into audio tasks. */
  readonly audioProcessing: number;
  readonly audio: number;
}

/** A completed task: seconds of work, and seconds from submit to end. */
export interface CompletedTask {
  readonly processing: number;
  readonly turnaround: number;
}

export function completedStats(sums: CompletedSums, recent: readonly CompletedTask[]): StoreStats['completed'] {
  return {
    processingSeconds: sums.processing / 1000,
    audioSeconds: sums.audio / 1000,
    realTimeFactor: sums.audio === 0 ? null : sums.audioProcessing / sums.audio,
    processing: percentiles(recent.map((task) => task.processing)),
    turnaround: percentiles(recent.map((task) => task.turnaround)),
  };
}

/** The most frequent first, equals by name. */
export function byFrequency(codes: Iterable<readonly [code: string, tasks: number]>): StoreStats['failures'] {
  return [...codes]
    .map(([code, tasks]) => ({ code, tasks }))
    .sort((a, b) => b.tasks - a.tasks || (a.code < b.code ? -1 : 1));
}
