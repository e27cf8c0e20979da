import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { NativeCrash } from '../../src/native/binding.js';
import { ADDON_PATH, loadAddon } from './addon.js';

const REPORT_FD = 3;
const SIGNALS = { abort: 'SIGABRT', segv: 'SIGSEGV', bus: 'SIGBUS', fpe: 'SIGFPE', ill: 'SIGILL' } as const;

interface End {
  readonly signal: NodeJS.Signals | null;
  readonly code: number | null;
  readonly stdout: string;
  readonly report: NativeCrash | null;
}

/** Runs a script in a process of its own, with `addon` in scope and a pipe for reports as its descriptor 3. */
function start(script: string): ChildProcess {
  const prelude = `const addon = require(${JSON.stringify(ADDON_PATH)}); addon.initialize(Error);`;
  return spawn(process.execPath, ['-e', prelude + script], {
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
    env: { ...process.env, VOICELINGUA_TEST_FAULTS: '[]' },
  });
}

async function run(script: string): Promise<End> {
  const child = start(script);
  const text = async (stream: Readable): Promise<string> => {
    let all = '';
    for await (const chunk of stream) all += String(chunk);
    return all;
  };
  const texts = Promise.all([text(child.stdout as Readable), text(child.stdio[REPORT_FD] as Readable)]);
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  const [stdout, report] = await texts;
  return { code, signal, stdout, report: report === '' ? null : (JSON.parse(report) as NativeCrash) };
}

for (const [kind, signal] of Object.entries(SIGNALS)) {
  test(`${signal} is reported with the call of its thread, and still ends the process`, async () => {
    const end = await run(`addon.reportCrashes(3); addon.markCall(17); addon.fault('${kind}', 0);`);
    assert.is(end.signal, signal);
    assert.is(end.report?.call, 17);
    assert.equal(end.report?.active, [17]);
  });
}

test('the crash of one of several threads names its own call', async () => {
  const end = await run(`
    addon.reportCrashes(3);
    const { Worker } = require('node:worker_threads');
    const code = "const { workerData: data, parentPort } = require('node:worker_threads'); const addon = require(data.path); addon.initialize(Error);" +
      "addon.markCall(data.call); parentPort.postMessage('marked'); if (data.kind) setTimeout(() => addon.fault(data.kind, 0), 100); else addon.fault('hang', 60000);";
    const path = ${JSON.stringify(ADDON_PATH)};
    const lanes = [{ path, call: 5 }, { path, call: 6 }, { path, call: 7 }].map((data) => new Worker(code, { eval: true, workerData: data }));
    Promise.all(lanes.map((lane) => new Promise((resolve) => lane.once('message', resolve)))).then(() => {
      new Worker(code, { eval: true, workerData: { path, call: 8, kind: 'segv' } });
    });
  `);
  assert.is(end.signal, 'SIGSEGV');
  assert.is(end.report?.call, 8);
  assert.equal([...(end.report?.active ?? [])].sort(), [5, 6, 7, 8]);
});

test('a thread without a call, and one whose call has ended, are nobody', async () => {
  const end = await run(`addon.reportCrashes(3); addon.markCall(3); addon.markCall(0); addon.fault('abort', 0);`);
  assert.is(end.signal, 'SIGABRT');
  assert.equal(end.report, { signal: 6, call: 0, active: [] });
});

test('WebAssembly that reads out of bounds is still caught by Node, and is no crash', async () => {
  // (module (memory 1) (func (export "f") (param i32) (result i32) local.get 0 i32.load))
  const bytes =
    '0061736d0100000001060160017f017f030201000503010001070501016600000a0901070020002802000b'.match(/../g) ?? [];
  const end = await run(`
    addon.reportCrashes(3); addon.markCall(4);
    const wasm = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(${JSON.stringify(bytes.map((byte) => Number.parseInt(byte, 16)))})));
    try { wasm.exports.f(0x7fffffff); } catch (error) { console.log(error.constructor.name); }
  `);
  assert.is(end.stdout.trim(), 'RuntimeError');
  assert.is(end.code, 0);
  assert.is(end.report, null);
});

test('a stack that overflows in native code is reported too', async () => {
  const end = await run(`addon.reportCrashes(3); addon.markCall(9); addon.fault('overflow', 0);`);
  assert.is(end.signal, 'SIGSEGV');
  assert.is(end.report?.call, 9);
});

test('a signal that another process sends is reported as any other', async () => {
  const end = await run(`
    addon.reportCrashes(3); addon.markCall(9);
    process.kill(process.pid, 'SIGSEGV');
    addon.fault('hang', 5000);
  `);
  assert.is(end.signal, 'SIGSEGV');
  assert.is(end.report?.signal, 11);
});

test('without the variable there is no fault to cause', () => {
  assert.is(process.env.VOICELINGUA_TEST_FAULTS, undefined);
  assert.is(loadAddon().fault, undefined);
});

if (process.platform === 'linux') {
  test('a process that dies with its parent does so when the parent is killed, even in a native call', async () => {
    const grandchild = `const addon = require(${JSON.stringify(ADDON_PATH)}); addon.initialize(Error);
      console.log(addon.dieWithParent(process.ppid)); addon.fault('hang', 60000);`;
    const parent = start(`
      const { spawn } = require('node:child_process');
      const child = spawn(process.execPath, ['-e', ${JSON.stringify(grandchild)}], { stdio: ['ignore', 'pipe', 'inherit'] });
      child.stdout.once('data', (answer) => console.log(child.pid + ' ' + answer));
      setInterval(() => undefined, 1000);
    `);
    const [answer] = await once(parent.stdout as Readable, 'data');
    const [pid, guarded] = String(answer).trim().split(' ');
    assert.is(guarded, 'true');
    parent.kill('SIGKILL');
    await gone(Number(pid));
  });

  test('a process whose parent is another by then ends at once', async () => {
    const end = await run(`addon.dieWithParent(process.pid); console.log('lives');`);
    assert.is(end.signal, 'SIGKILL');
    assert.is(end.stdout, '');
  });
}

async function gone(pid: number): Promise<void> {
  for (const end = performance.now() + 20_000; ; await delay(20)) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    assert.ok(performance.now() < end, `process ${pid} lives on`);
  }
}

test.run();
