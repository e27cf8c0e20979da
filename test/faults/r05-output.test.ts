import { spawnSync } from 'node:child_process';
import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { randomOf, testSeed } from '../fixtures/random.js';
import { withSmallDisk } from './small-disk.js';
import { filesBelow, inspectStore, makeClips, startCli, temporaryFolder } from './support.js';

const DISK_BYTES = 256 * 1024;

/** Writes until nothing more fits. */
function fill(path: string): void {
  try {
    for (;;) appendFileSync(path, Buffer.alloc(4096));
  } catch (error) {
    assert.is((error as NodeJS.ErrnoException).code, 'ENOSPC');
  }
}

function remount(disk: string, how: 'ro' | 'rw'): void {
  assert.is(spawnSync('mount', ['-o', `remount,${how}`, disk]).status, 0);
}

for (const kind of ['full', 'read-only'] as const) {
  test(`R5: the disk of the output is ${kind}: typed errors, nothing half-written, and it goes on later`, () =>
    withSmallDisk(DISK_BYTES, async (out) => {
      const random = randomOf(testSeed('R5'));
      const home = temporaryFolder('r05');
      const { good } = makeClips(join(home, 'clips'), 12, 0, random);
      const store = join(home, 'store.sqlite');
      const args = ['run', 'clips', '--to', 'de', '--store', store, '--out', out, '--json'];
      const filler = join(out, 'filler');
      if (kind === 'full') fill(filler);
      else remount(out, 'ro');

      const first = startCli(args, home);
      assert.is((await first.ended).code, 6, first.stderr());
      const errors = first.records.filter(({ type }) => type === 'error');
      assert.is(errors.length, good.length);
      const codes = new Set(errors.map(({ error }) => (error as { code: string }).code));
      assert.equal([...codes], [kind === 'full' ? 'DISK_FULL' : 'OUTPUT_UNWRITABLE']);
      assert.equal(filesBelow(out), kind === 'full' ? ['filler'] : []);

      if (kind === 'full') rmSync(filler);
      else remount(out, 'rw');
      const second = startCli(args, home);
      assert.is((await second.ended).code, 0, second.stderr());
      assert.equal(filesBelow(out), good.map((path) => path.replace(/\.\w+$/, '.json')).sort());
      const { integrity, tasks } = inspectStore(store);
      assert.is(integrity, 'ok');
      assert.is(tasks.length, good.length, 'no recording was recognised twice');
      console.log(
        `R5: output disk ${kind}: ${errors.length} typed errors, then ${good.length} packages by the same command`,
      );
    }));
}

test.run();
