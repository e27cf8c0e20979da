import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openVoiceLingua } from '../../src/index.js';
import { SOAK, temporaryFolder } from './support.js';

const TASKS = SOAK ? 2000 : 400;
/**
 * Share of the rounds in which allocators and compilers are still warming up, and SQLite's page cache fills: some 1,400 tasks, which
 * only the long form has.
 */
const WARM_UP = 0.7;
/** What growth may be noise of the allocator, over however many rounds. */
const NOISE_MIB = 6;
const linux = process.platform === 'linux';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

interface Sample {
  /** MiB, all of the process. */
  readonly rss: number;
  /** MiB, objects that are still in use. */
  readonly heap: number;
  readonly threads: number;
  readonly descriptors: number;
  readonly files: readonly string[];
}

function sample(folder: string): Sample {
  collect();
  const status = readFileSync('/proc/self/status', 'utf8');
  const number = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
  return {
    rss: number('VmRSS') / 1024,
    heap: process.memoryUsage().heapUsed / 2 ** 20,
    threads: number('Threads'),
    descriptors: readdirSync('/proc/self/fd').length,
    files: readdirSync(folder).sort(),
  };
}

/** Samples after the warm-up and at the end of so many rounds. */
async function watch(
  rounds: number,
  folder: string,
  round: (index: number) => Promise<void>,
): Promise<[Sample, Sample]> {
  let before: Sample | null = null;
  for (let index = 0; index < rounds; index++) {
    await round(index);
    if (index === Math.floor(rounds * WARM_UP)) before = sample(folder);
  }
  return [before as Sample, sample(folder)];
}

function growth([before, after]: [Sample, Sample], of: 'rss' | 'heap' = 'rss'): number {
  return after[of] - before[of];
}

if (linux) {
  test(`R12: ${TASKS} short tasks leave nothing behind`, async () => {
    const folder = temporaryFolder('r12');
    const lingua = await openVoiceLingua({ store: join(folder, 'store.sqlite') });
    try {
      const tasks = await watch(TASKS / 20, folder, async (round) => {
        const requests = Array.from({ length: 20 }, (_, index) => ({
          text: `Please wait ${index} minutes.`,
          textId: `${round} ${index}`,
          language: 'en',
          languages: ['de'],
        }));
        const ids = (await lingua.submit(requests)).map(({ id }) => id);
        assert.is((await lingua.run(ids)).completed, requests.length);
      });
      const [before, after] = tasks;
      const log = statSync(join(folder, 'store.sqlite-wal')).size / 2 ** 20;
      console.log(
        `R12: ${TASKS} tasks: memory ${growth(tasks).toFixed(1)} MiB more, objects ${growth(tasks, 'heap').toFixed(2)} MiB more after the warm-up, ${after.threads} threads, ${after.descriptors} descriptors, write-ahead log ${log.toFixed(1)} MiB`,
      );
      assert.is(after.threads, before.threads);
      assert.ok(after.descriptors <= before.descriptors);
      assert.equal(after.files, before.files);
      assert.ok(log < 32);
      assert.ok(growth(tasks, 'heap') < 1, `${growth(tasks, 'heap').toFixed(2)} MiB`);
      if (SOAK) assert.ok(growth(tasks) < NOISE_MIB, `${growth(tasks).toFixed(1)} MiB`);
    } finally {
      await lingua.close();
    }
  });
} else {
  test('R12 reads /proc', () => console.log('skipped: R12 for tasks needs Linux'));
}

test.run();
