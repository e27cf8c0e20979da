import { HOST_RESTART_REASONS, type LifecycleEvent } from '../domain/lifecycle.js';
import { TASK_STATUSES, type TaskStatus, type TaskType } from '../domain/task.js';
import { CpuShare } from './cpu-share.js';
import { type Meters, makeMeters } from './meters.js';

/** `Content-Type` of {@link TaskMetrics.text} over HTTP. */
export const METRICS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** What is read when metrics are asked for. */
export interface Gauges {
  /** Tasks of the store by status. */
  readonly storeCounts: Readonly<Record<TaskStatus, number>>;
  /** Tasks in work in this process. */
  readonly active: number;
  /** Share of memory in use, 0..1. */
  readonly memoryUsed: number;
}

/** Events kept until metrics are asked for, so that a run that nobody watches does not read prom-client. */
const MAX_KEPT = 1_000;

const TASK_TYPES: readonly TaskType[] = ['audio', 'text'];
const COUNTED: readonly TaskStatus[] = ['pending', 'completed', 'failed', 'cancelled'];

/** Counts what happens to the tasks of one instance, for Prometheus. Holds no timer and nothing that is shared between instances. */
export class TaskMetrics {
  readonly #version: string;
  readonly #cpu = new CpuShare();
  #kept: LifecycleEvent[] = [];
  #meters: Meters | null = null;

  /** @param version of VoiceLingua, for `voicelingua_build_info`. */
  constructor({ version }: { readonly version: string }) {
    this.#version = version;
  }

  observe(event: LifecycleEvent): void {
    if (this.#meters === null && this.#kept.length < MAX_KEPT) this.#kept.push(event);
    else count(this.#loaded(), event);
  }

  /** All metrics in the Prometheus text format, version 0.0.4. */
  async text({ storeCounts, active, memoryUsed }: Gauges): Promise<string> {
    const meters = this.#loaded();
    for (const status of TASK_STATUSES) meters.storeTasks.set({ status }, storeCounts[status]);
    meters.active.set(active);
    meters.memory.set(percent(memoryUsed));
    meters.cpu.set(percent(this.#cpu.take()));
    return meters.registry.metrics();
  }

  #loaded(): Meters {
    if (this.#meters !== null) return this.#meters;
    const meters = makeMeters();
    meters.buildInfo.set({ version: this.#version }, 1);
    // Series that are known beforehand begin at 0: a rate sees their first event only then.
    for (const task_type of TASK_TYPES) {
      for (const status of COUNTED) meters.tasks.inc({ task_type, status }, 0);
      meters.duration.zero({ task_type });
    }
    for (const reason of HOST_RESTART_REASONS) meters.hostRestarts.inc({ reason }, 0);
    for (const event of this.#kept) count(meters, event);
    this.#kept = [];
    this.#meters = meters;
    return meters;
  }
}

function count(meters: Meters, event: LifecycleEvent): void {
  switch (event.type) {
    case 'submitted':
      meters.tasks.inc({ task_type: event.taskType, status: 'pending' });
      break;
    case 'started':
      meters.queueWait.observe(positive(event.queueSeconds));
      break;
    case 'retry':
      meters.retries.inc({ code: event.error.code });
      break;
    case 'ended':
      countEnd(meters, event);
      break;
    case 'host-restart':
      meters.hostRestarts.inc({ reason: event.reason });
      break;
    default:
  }
}

function countEnd(meters: Meters, event: Extract<LifecycleEvent, { readonly type: 'ended' }>): void {
  const { taskType: task_type, status, error, processingSeconds, audioSeconds } = event;
  meters.tasks.inc({ task_type, status });
  const worked = processingSeconds > 0;
  if (worked) meters.duration.observe({ task_type }, processingSeconds);
  if (status === 'failed') meters.failures.inc({ code: error?.code ?? 'INTERNAL' });
  if (status === 'completed' && audioSeconds !== null && audioSeconds > 0) {
    meters.audio.inc(audioSeconds);
    if (worked) meters.realTimeFactor.observe(processingSeconds / audioSeconds);
  }
}

function percent(share: number): number {
  return Math.round(share * 10_000) / 100;
}

/** A wall clock that was set back must not cost the event; prom-client throws for NaN. */
function positive(value: number): number {
  return Number.isNaN(value) ? 0 : Math.max(0, value);
}
