import { get, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Interrupts } from '../../src/cli/interrupts.js';
import { isLoopback, parseAddress } from '../../src/cli/metrics-server.js';
import type { TaskRecord } from '../../src/domain/task.js';
import { cli, RecordingLingua, Sink, taskRecord } from './support.js';

function storeWith(...tasks: TaskRecord[]): RecordingLingua {
  const lingua = new RecordingLingua();
  for (const task of tasks) lingua.tasksById.set(task.id, task);
  return lingua;
}

const audio = (id: string, change: Partial<TaskRecord> = {}) =>
  taskRecord(id, { audio: `/rec/${id}.wav`, textId: `talk ${id}` }, change);

test('status: counts, what is in work by whom, what waits, and memory', async () => {
  const lingua = storeWith(
    audio('a', { status: 'processing', progress: 0.4321, owner: 'host 7', audioDuration: 3600, attempts: 2 }),
    audio('b', { status: 'pending', notBefore: new Date(Date.now() + 60_000).toISOString() }),
    audio('c'),
  );
  const { stdout, code } = await cli(['status'], { lingua: lingua.api() });
  assert.is(code, 0);
  assert.match(stdout, /^store +\/data\/store\.sqlite$/m);
  assert.match(stdout, /^pending +1 \(1 of them wait for a retry\)$/m);
  assert.match(stdout, /^memory +75\.0 % in use, 4\.0 GB of 16\.0 GB free \(container\)$/m);
  assert.match(stdout, /^a\t43\.2 %\t[^\t]+\t1h00m\t2\thost 7\ttalk a$/m);
  const json = await cli(['status', '--json'], { lingua: lingua.api() });
  assert.equal(
    json.records().map(({ type }) => type),
    ['status', 'task', 'summary'],
  );
  assert.equal(json.records()[0]?.counts, { pending: 1, processing: 1, completed: 1, failed: 0, cancelled: 0 });
  assert.equal(json.records()[1]?.owner, 'host 7');
});

test('history: ended tasks with their durations, real-time factor and error code', async () => {
  const error = { code: 'INPUT_CORRUPT', message: 'Broken.', retryable: false, details: {} } as const;
  const lingua = storeWith(
    audio('a', { completedAt: '2026-01-02T03:05:37.000Z', audioDuration: 60, processingTime: 6 }),
    audio('b', { status: 'failed', error, audioDuration: null }),
  );
  const { stdout } = await cli(['history', '--status', 'completed,failed'], { lingua: lingua.api() });
  assert.equal(lingua.filters[0], { status: ['completed', 'failed'], limit: 20, order: 'ended', offset: 0 });
  const [first, second] = stdout.trim().split('\n');
  assert.match(first ?? '', /^[\d-]+ [\d:]+\tcompleted\t6s\t1m32s\t1m00s\t0\.100\t\ttalk a\ta$/);
  assert.match(second ?? '', /\tfailed\t500ms\t0s\t\t\tINPUT_CORRUPT\ttalk b\tb$/);
  const json = await cli(['history', '--json', '--limit', '1'], { lingua: lingua.api() });
  const [record, summary] = json.records();
  assert.is(record?.real_time_factor, 0.1);
  assert.is(record?.total_time, 92);
  assert.equal(summary, { type: 'summary', total: 1, completed: 1, failed: 0, cancelled: 0 });
  const empty = await cli(['history'], { lingua: new RecordingLingua().api() });
  assert.is(empty.stderr, 'no ended tasks\n');
});

test('stats: counts, durations, speed, and failures by code, since a time', async () => {
  const lingua = new RecordingLingua();
  const { stdout } = await cli(['stats', '--since', '2026-01-31T00:00:00Z'], { lingua: lingua.api() });
  assert.equal(lingua.calls, [{ stats: { since: '2026-01-31T00:00:00.000Z' } }]);
  assert.match(stdout, /^tasks +12,345: 12,000 audio, 345 text$/m);
  assert.match(stdout, /^audio done +4d04h$/m);
  assert.match(stdout, /^real-time factor +0\.100 \(10\.0x real time\)$/m);
  assert.match(stdout, /^work on a task +median 1\.5s, 95th percentile 1m32s, longest 2h03m$/m);
  assert.match(stdout, /^INPUT_CORRUPT\t30\nDEADLINE_EXCEEDED\t10$/m);
  const json = await cli(['stats', '--json', '--since', '24h'], { lingua: lingua.api() });
  const [record, summary] = json.records();
  assert.is(record?.real_time_factor, 0.1);
  assert.equal(record?.failures, [
    { code: 'INPUT_CORRUPT', tasks: 30 },
    { code: 'DEADLINE_EXCEEDED', tasks: 10 },
  ]);
  assert.equal(summary, { type: 'summary', total: 12_345, completed: 12_300, failed: 40, cancelled: 2 });
  const { since } = (lingua.calls[1] as { stats: { since: string } }).stats;
  assert.ok(Math.abs(Date.now() - 86_400_000 - Date.parse(since)) < 60_000, since);
});

test('metrics prints them once', async () => {
  const { stdout } = await cli(['metrics'], { lingua: new RecordingLingua().api() });
  assert.match(stdout, /^# TYPE voicelingua_tasks_total counter\nvoicelingua_tasks_total\{.*\} 0\n$/);
});

interface Answer {
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly body: string;
}

const ask = (url: string, method = 'GET'): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const asked = (method === 'GET' ? get(url) : request(url, { method }).end()) as ReturnType<typeof get>;
    asked.on('error', reject).on('response', async (response) => {
      let body = '';
      for await (const chunk of response) body += chunk;
      resolve({ status: response.statusCode, type: response.headers['content-type'], body });
    });
  });

test('metrics --listen serves GET /metrics on loopback until it is stopped', async () => {
  const lingua = new RecordingLingua();
  const interrupts = new Interrupts();
  const stderr = new Sink();
  const ended = cli(['metrics', '--listen', '0'], { lingua: lingua.api(), interrupts, stderr });
  while (!stderr.text.includes('\n')) await sleep(10);
  const url = /metrics at (\S+) until/.exec(stderr.text)?.[1] ?? '';
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
  const good = await ask(url);
  assert.is(good.status, 200);
  assert.is(good.type, 'text/plain; version=0.0.4; charset=utf-8');
  assert.match(good.body, /voicelingua_tasks_total/);
  assert.is((await ask(`${url}?x=1`)).status, 200);
  assert.equal(await ask(url, 'HEAD'), { status: 200, type: good.type, body: '' });
  assert.is((await ask(url, 'POST')).status, 405);
  assert.is((await ask(url.replace('/metrics', '/'))).status, 404);
  const metrics = lingua.metrics.bind(lingua);
  lingua.metrics = async () => {
    throw new Error('The store is away.');
  };
  assert.is((await ask(url)).status, 500);
  assert.match(stderr.text, /warning: the metrics cannot be read: The store is away\./);
  lingua.metrics = metrics;
  // Requests at once are answered by one look at the store.
  let looks = 0;
  lingua.metrics = async () => {
    looks += 1;
    await sleep(200);
    return metrics();
  };
  const many = await Promise.all(Array.from({ length: 8 }, () => ask(url)));
  assert.ok(many.every(({ status }) => status === 200));
  assert.ok(looks < 8, `${looks} looks`);
  const second = await cli(['metrics', '--listen', new URL(url).port], { lingua: lingua.api() });
  assert.is(second.code, 6);
  assert.match(second.stderr, /the port is taken/);
  interrupts.request(new Error('stop'));
  assert.is((await ended).code, 130);
  await ask(url).then(
    () => assert.unreachable('it still listens'),
    () => undefined,
  );
});

test('addresses to listen at, and which of them only this machine reaches', () => {
  assert.equal(parseAddress('9464'), { host: '127.0.0.1', port: 9464 });
  assert.equal(parseAddress('localhost:80'), { host: 'localhost', port: 80 });
  assert.equal(parseAddress('[::1]:9500'), { host: '::1', port: 9500 });
  for (const wrong of ['', ':1', '::1:9', 'host:', '65536', '-1', 'a b:1:2']) {
    assert.throws(() => parseAddress(wrong), /\[HOST:\]PORT/, wrong);
  }
  for (const host of ['127.0.0.1', '127.8.9.10', '::1', 'localhost', 'LOCALHOST', '::ffff:127.0.0.1']) {
    assert.ok(isLoopback(host), host);
  }
  for (const host of ['0.0.0.0', '::', '10.0.0.1', '192.168.0.1', 'example.org', 'localhost.example.org']) {
    assert.not(isLoopback(host), host);
  }
});

test.run();
