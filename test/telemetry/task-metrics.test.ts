import { spawnSync } from 'node:child_process';
import type { CpuInfo } from 'node:os';
import { fileURLToPath } from 'node:url';
import { register } from 'prom-client';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LifecycleEvent } from '../../src/domain/lifecycle.js';
import { CpuShare } from '../../src/telemetry/cpu-share.js';
import { type Gauges, METRICS_CONTENT_TYPE, TaskMetrics } from '../../src/telemetry/task-metrics.js';
import { EVENTS, FAILURE } from './support.js';

const GAUGES: Gauges = {
  storeCounts: { pending: 5, processing: 2, completed: 30, failed: 1, cancelled: 0 },
  active: 2,
  memoryUsed: 0.4567,
};

/** Samples by name with labels, in a fixed order of labels. */
function samples(text: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const match = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line);
    assert.ok(match, line);
    const labels = match[2] === undefined ? '' : `{${match[2].split(',').sort().join(',')}}`;
    found.set(`${match[1]}${labels}`, Number(match[3]));
  }
  return found;
}

async function after(events: readonly LifecycleEvent[], gauges = GAUGES): Promise<Map<string, number>> {
  const metrics = new TaskMetrics({ version: '1.2.3' });
  for (const event of events) metrics.observe(event);
  return samples(await metrics.text(gauges));
}

test('each event is counted under the names of the seed and ours', async () => {
  const found = await after(EVENTS);
  const expected: Record<string, number> = {
    'voicelingua_tasks_total{status="pending",task_type="audio"}': 1,
    'voicelingua_tasks_total{status="completed",task_type="audio"}': 1,
    'voicelingua_tasks_total{status="failed",task_type="audio"}': 1,
    'voicelingua_tasks_total{status="cancelled",task_type="audio"}': 1,
    'voicelingua_tasks_total{status="completed",task_type="text"}': 0,
    'voicelingua_task_duration_seconds_count{task_type="audio"}': 2,
    'voicelingua_task_duration_seconds_sum{task_type="audio"}': 7,
    'voicelingua_task_duration_seconds_bucket{le="2.5",task_type="audio"}': 0,
    'voicelingua_task_duration_seconds_bucket{le="5",task_type="audio"}': 2,
    'voicelingua_task_duration_seconds_bucket{le="3600",task_type="audio"}': 2,
    'voicelingua_task_duration_seconds_count{task_type="text"}': 0,
    voicelingua_queue_wait_seconds_count: 1,
    voicelingua_queue_wait_seconds_sum: 2.5,
    voicelingua_audio_seconds_total: 16,
    voicelingua_real_time_factor_count: 1,
    voicelingua_real_time_factor_sum: 0.25,
    'voicelingua_task_failures_total{code="ENGINE_FAILED"}': 1,
    'voicelingua_task_retries_total{code="ENGINE_FAILED"}': 1,
    'voicelingua_engine_host_restarts_total{reason="memory"}': 1,
    'voicelingua_engine_host_restarts_total{reason="crash"}': 0,
    'voicelingua_store_tasks{status="pending"}': 5,
    'voicelingua_store_tasks{status="cancelled"}': 0,
    voicelingua_active_tasks: 2,
    voicelingua_memory_usage_percent: 45.67,
    'voicelingua_build_info{version="1.2.3"}': 1,
  };
  for (const [name, value] of Object.entries(expected)) assert.is(found.get(name), value, name);
  const cpu = found.get('voicelingua_cpu_usage_percent') as number;
  assert.ok(cpu >= 0 && cpu <= 100, String(cpu));
});

test('it does not matter when metrics are first asked for', async () => {
  const events = Array.from({ length: 130 }, () => EVENTS).flat();
  const late = await after(events);
  const early = new TaskMetrics({ version: '1.2.3' });
  await early.text(GAUGES);
  for (const event of events) early.observe(event);
  const counts = (found: Map<string, number>): Array<[string, number]> =>
    [...found].filter(([name]) => !name.startsWith('voicelingua_cpu')).sort();
  assert.equal(counts(late), counts(samples(await early.text(GAUGES))));
  assert.is(late.get('voicelingua_audio_seconds_total'), 130 * 16);
});

test('odd figures cost nothing but themselves', async () => {
  const task = { taskId: 't', textId: 't', taskType: 'audio' } as const;
  const end = { ...task, type: 'ended', status: 'completed', error: null } as const;
  const found = await after([
    { ...task, type: 'started', attempt: 1, queueSeconds: -5 },
    { ...task, type: 'started', attempt: 1, queueSeconds: Number.NaN },
    { ...end, processingSeconds: Number.NaN, audioSeconds: Number.NaN },
    { ...end, processingSeconds: 0, audioSeconds: 0 },
    { ...end, processingSeconds: 0, audioSeconds: 3 },
    { ...end, status: 'failed', processingSeconds: 1, audioSeconds: 3, error: null },
    { ...end, status: 'failed', processingSeconds: 1, audioSeconds: 3, error: FAILURE },
  ]);
  assert.is(found.get('voicelingua_queue_wait_seconds_count'), 2);
  assert.is(found.get('voicelingua_queue_wait_seconds_sum'), 0);
  assert.is(found.get('voicelingua_tasks_total{status="completed",task_type="audio"}'), 3);
  assert.is(found.get('voicelingua_audio_seconds_total'), 3, 'audio of failed tasks is not done');
  assert.is(found.get('voicelingua_real_time_factor_count'), 0);
  assert.is(found.get('voicelingua_task_failures_total{code="INTERNAL"}'), 1);
  for (const value of found.values()) assert.ok(Number.isFinite(value));
});

test('two instances share nothing, and nothing is in the default registry', async () => {
  const [one, two] = [new TaskMetrics({ version: '1' }), new TaskMetrics({ version: '1' })];
  for (const event of EVENTS) one.observe(event);
  const name = 'voicelingua_tasks_total{status="completed",task_type="audio"}';
  assert.is(samples(await one.text(GAUGES)).get(name), 1);
  assert.is(samples(await two.text(GAUGES)).get(name), 0);
  assert.equal(register.getMetricsAsArray(), []);
});

test('the text is the format of Prometheus: each metric has help and type, and the last line ends', async () => {
  const metrics = new TaskMetrics({ version: 'a"b\\c' });
  for (const event of EVENTS) metrics.observe(event);
  const text = await metrics.text(GAUGES);
  assert.match(METRICS_CONTENT_TYPE, /^text\/plain; version=0\.0\.4/);
  assert.ok(text.endsWith('\n') && !text.includes('\r'));
  assert.ok(text.includes('voicelingua_build_info{version="a\\"b\\\\c"} 1'));
  const typed = [...text.matchAll(/^# TYPE (\w+) (counter|gauge|histogram)$/gm)].map((match) => match[1] as string);
  const helped = [...text.matchAll(/^# HELP (\w+) \S.*$/gm)].map((match) => match[1] as string);
  assert.equal(typed, helped);
  assert.is(new Set(typed).size, 13);
  for (const name of samples(text).keys()) {
    const bare = name.replace(/\{.*/, '').replace(/_(bucket|sum|count)$/, '');
    assert.ok(typed.includes(bare), name);
  }
});

test('processor use is what was used between two readings', () => {
  const times = { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 };
  const processor = (changes: Partial<CpuInfo['times']>): CpuInfo => ({
    model: '',
    speed: 0,
    times: { ...times, ...changes },
  });
  let now = [processor({ user: 1_000, idle: 50 }), processor({ idle: 100 })];
  const share = new CpuShare(() => now);
  assert.is(share.take(), 0, 'no time has passed');
  now = [processor({ user: 1_060, sys: 10, idle: 80 }), processor({ irq: 5, idle: 195 })];
  assert.is(share.take(), 0.375);
  assert.is(share.take(), 0.375, 'no time has passed since');
  now = [processor({ user: 1_060, sys: 10, idle: 180 }), processor({ irq: 5, idle: 295 })];
  assert.is(share.take(), 0);
  // The machine's counters begin again (a processor was taken out).
  now = [processor({ idle: 10 })];
  assert.is(share.take(), 0);
});

test('counting reads no package, keeps no process, and starts nothing', () => {
  const file = fileURLToPath(new URL('../../src/telemetry/task-metrics.ts', import.meta.url));
  const program = `
    import { createRequire } from 'node:module';
    const { TaskMetrics } = await import(${JSON.stringify(file)});
    const loaded = () => Object.keys(createRequire(import.meta.url).cache).filter((name) => /prom-client|opentelemetry/.test(name)).length;
    const metrics = new TaskMetrics({ version: '1' });
    metrics.observe({ type: 'submitted', taskId: 'a', textId: 'a', taskType: 'text' });
    const before = loaded();
    await metrics.text({ storeCounts: {}, active: 0, memoryUsed: 0 }).catch(() => {});
    console.log(before, loaded() > 0, process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap' && name !== 'TTYWrap').join());
  `;
  const ended = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    encoding: 'utf8',
  });
  assert.is(ended.stderr, '');
  assert.is(ended.stdout, '0 true \n');
});

test.run();
