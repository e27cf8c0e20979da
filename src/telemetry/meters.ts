import { createRequire } from 'node:module';
import type * as PromClient from 'prom-client';

const require = createRequire(import.meta.url);

/** Of one task: 0.1 s to an hour. */
const DURATION_BUCKETS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600];
/** A batch of days may wait for hours. */
const QUEUE_BUCKETS = [0.01, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 1_800, 3_600, 14_400];
const REAL_TIME_BUCKETS = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.5, 2, 5, 10];

/** The metrics of one instance, on a registry of their own. */
export type Meters = ReturnType<typeof makeMeters>;

/**
 * The four modules of prom-client that are needed, some 3 ms; its index also reads Node's HTTP client and OpenTelemetry, some 30 ms. None of
 * them starts a timer or an observer.
 */
export function makeMeters() {
  const Registry = require('prom-client/lib/registry') as typeof PromClient.Registry;
  const Counter = require('prom-client/lib/counter') as typeof PromClient.Counter;
  const Gauge = require('prom-client/lib/gauge') as typeof PromClient.Gauge;
  const Histogram = require('prom-client/lib/histogram') as typeof PromClient.Histogram;
  const registry = new Registry();
  const registers = [registry];

  return {
    registry,
    tasks: new Counter({
      name: 'voicelingua_tasks_total',
      help: 'Tasks that were submitted (status pending) or have ended (completed, failed, cancelled) in this process',
      labelNames: ['task_type', 'status'],
      registers,
    }),
    duration: new Histogram({
      name: 'voicelingua_task_duration_seconds',
      help: 'Seconds of work on a task that has ended, over all its attempts',
      labelNames: ['task_type'],
      buckets: DURATION_BUCKETS,
      registers,
    }),
    queueWait: new Histogram({
      name: 'voicelingua_queue_wait_seconds',
      help: 'Seconds that a task could have been started before it was',
      buckets: QUEUE_BUCKETS,
      registers,
    }),
    audio: new Counter({
      name: 'voicelingua_audio_seconds_total',
      help: 'Seconds of audio of the tasks that were completed in this process',
      registers,
    }),
    realTimeFactor: new Histogram({
      name: 'voicelingua_real_time_factor',
      help: 'Seconds of work for a second of audio, of each completed audio task',
      buckets: REAL_TIME_BUCKETS,
      registers,
    }),
    failures: new Counter({
      name: 'voicelingua_task_failures_total',
      help: 'Tasks that failed for good, by error code',
      labelNames: ['code'],
      registers,
    }),
    retries: new Counter({
      name: 'voicelingua_task_retries_total',
      help: 'Failures after which a task was put back for another attempt, by error code',
      labelNames: ['code'],
      registers,
    }),
    hostRestarts: new Counter({
      name: 'voicelingua_engine_host_restarts_total',
      help: 'Engine hosts that were replaced, by reason',
      labelNames: ['reason'],
      registers,
    }),
    active: new Gauge({
      name: 'voicelingua_active_tasks',
      help: 'Tasks in work in this process',
      registers,
    }),
    storeTasks: new Gauge({
      name: 'voicelingua_store_tasks',
      help: 'Tasks in the store by status, of all processes',
      labelNames: ['status'],
      registers,
    }),
    memory: new Gauge({
      name: 'voicelingua_memory_usage_percent',
      help: 'Memory in use, of the machine or the container, whichever is tighter',
      registers,
    }),
    cpu: new Gauge({
      name: 'voicelingua_cpu_usage_percent',
      help: "The machine's processor time in use since the scrape before",
      registers,
    }),
    buildInfo: new Gauge({
      name: 'voicelingua_build_info',
      help: 'Always 1; the version of VoiceLingua is a label',
      labelNames: ['version'],
      registers,
    }),
  };
}
