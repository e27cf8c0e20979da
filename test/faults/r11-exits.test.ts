/**
 * R11: a process that ends while its engines infer (by `process.exit`, by an error that nobody catches, or as a worker that
 * is terminated) ends of itself, never by a signal, within 2 s, and leaves no host behind.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { childrenOf, lives, ROOT, scriptedModel, toneFile, until } from '../engines/native/support.js';
import { seededRandom } from '../native/addon-models.js';
import type { ExitPlan } from './r11-child.js';

const ROUNDS = process.env.VOICELINGUA_SOAK ? 100 : 12;
const SEED = Number(process.env.VOICELINGUA_SEED || 11);
const CODES = { exit: 7, throw: 1, terminate: 7 } as const;
const WAYS = ['exit', 'throw', 'terminate'] as const;
const child = fileURLToPath(new URL('./r11-child.ts', import.meta.url));

/** As large as whisper-tiny: a window takes long enough to be caught in it. */
const model = scriptedModel({ state: 384, heads: 6, audioLayers: 4, textLayers: 4 });

interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly ms: number;
  readonly stderr: string;
  readonly left: number[];
}

async function end(plan: ExitPlan): Promise<Ending> {
  const running = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), child, JSON.stringify(plan)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: ROOT,
  });
  let stderr = '';
  running.stderr.on('data', (chunk: Buffer) => {
    stderr += String(chunk);
  });
  const exited = once(running, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  await Promise.race([once(running.stdout as Readable, 'data'), exited]);
  const hosts = process.platform === 'linux' && running.pid !== undefined ? childrenOf(running.pid) : [];
  const started = performance.now();
  const [code, signal] = await exited;
  const ms = performance.now() - started;
  await until(() => !hosts.some(lives), 'its hosts are gone');
  return { code, signal, ms, stderr, left: hosts.filter(lives) };
}

for (const isolation of ['process', 'thread'] as const) {
  test(`the end of a process in mid-inference, isolation ${isolation}`, async () => {
    console.log(`seed ${SEED}`);
    const random = seededRandom(SEED + isolation.length);
    const slowest = { exit: 0, throw: 0, terminate: 0 };
    for (let round = 0; round < ROUNDS / 2; round++) {
      const way = WAYS[round % WAYS.length] as (typeof WAYS)[number];
      const afterMs = Math.round(random.uniform() * 700);
      const { code, signal, ms, stderr } = await end({ way, isolation, afterMs, model, recording: toneFile(600) });
      const context = `round ${round}, ${way} after ${afterMs} ms: ${stderr}`;
      assert.is(signal, null, context);
      assert.is(code, CODES[way], context);
      slowest[way] = Math.max(slowest[way], Math.round(ms));
      assert.ok(ms < 10_000, `${ms} ms in ${context}`);
    }
    console.log(`slowest ends, ${isolation}: ${JSON.stringify(slowest)} ms`);
  });
}

test.run();
