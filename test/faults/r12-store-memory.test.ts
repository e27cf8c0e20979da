import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bundleProgram } from './bundled-program.js';
import type { StoreSample } from './children/store-cycles.js';

/**
 * The store's part of R12: what opening and closing leaves behind. The short form is too short for a slope and sees coarse leaks only: a
 * connection that stayed would be 20 KB and more a store.
 */
const LONG = process.env.VOICELINGUA_SOAK === '1';
const WARM_UP = LONG ? 1_000 : 200;
const CYCLES = LONG ? 3_000 : 200;
const MB = 1_000_000;
/** Of RSS per 1,000 cycles, long form: the goal of R12. */
const MAX_SLOPE = 1 * MB;
/** Of RSS, short form. */
const MAX_GROWTH = 4 * MB;

async function measure(folder: string): Promise<StoreSample[]> {
  const program = path.join(import.meta.dirname, 'children', 'store-cycles.ts');
  const main = await bundleProgram(path.join(folder, 'program'), program, ['store/sqlite/worker']);
  const [data, temporary] = [path.join(folder, 'data'), path.join(folder, 'tmp')];
  mkdirSync(data);
  mkdirSync(temporary);
  const args = [main, path.join(data, 'store.sqlite'), String(WARM_UP + CYCLES)];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: temporary, SQLITE_TMPDIR: temporary },
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  assert.is(code, 0);
  assert.equal(readdirSync(temporary), [], 'temporary files are gone');
  assert.equal(readdirSync(data), ['store.sqlite'], 'nothing lies beside the store');
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as StoreSample)
    .filter((sample) => sample.cycle >= WARM_UP);
}

/** Slope of a straight line through the samples, per 1,000 cycles. */
function slope(samples: readonly StoreSample[], of: (sample: StoreSample) => number): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const x = mean(samples.map((sample) => sample.cycle));
  const y = mean(samples.map(of));
  const shared = samples.reduce((sum, sample) => sum + (sample.cycle - x) * (of(sample) - y), 0);
  return (shared / samples.reduce((sum, sample) => sum + (sample.cycle - x) ** 2, 0)) * 1_000;
}

if (process.platform !== 'linux') test('R12 reads /proc', () => console.log('skipped: R12 for stores needs Linux'));
else
  test(`R12: a store opened and closed ${CYCLES} times leaves nothing behind`, async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'vl-r12-'));
    try {
      const samples = await measure(folder);
      const [first, last] = [samples[0], samples.at(-1)];
      assert.ok(first && last);
      const values = (of: keyof StoreSample): number[] => samples.map((sample) => sample[of]);
      const range = (of: keyof StoreSample): string => `${Math.min(...values(of))}–${Math.max(...values(of))}`;
      const memory = slope(samples, (sample) => sample.rss);
      console.log(
        `R12 store, ${CYCLES} cycles after ${WARM_UP}: RSS ${(first.rss / MB).toFixed(1)} → ${(last.rss / MB).toFixed(1)} MB, ` +
          `${(memory / MB).toFixed(2)} MB per 1,000; heap ${(slope(samples, (sample) => sample.heap) / MB).toFixed(2)} MB per 1,000; ` +
          `descriptors ${range('descriptors')}; threads ${range('threads')}; ` +
          `WAL ${range('walOpen')} bytes open, ${range('walClosed')} closed`,
      );
      for (const of of ['descriptors', 'threads'] as const) {
        assert.ok(Math.max(...values(of)) - Math.min(...values(of)) <= 1, `${of}: ${values(of).join(' ')}`);
      }
      assert.is(Math.max(...values('walClosed')), 0);
      assert.ok(Math.max(...values('walOpen')) < MB, `write-ahead log of one task: ${range('walOpen')} bytes`);
      if (LONG) assert.ok(memory < MAX_SLOPE, `RSS grows by ${memory} bytes per 1,000`);
      else assert.ok(last.rss - first.rss < MAX_GROWTH, `RSS grew by ${last.rss - first.rss} bytes`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

test.run();
