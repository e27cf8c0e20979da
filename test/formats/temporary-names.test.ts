import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sweepLeftovers, temporaryName, temporaryPrefix } from '../../src/formats/temporary-names.js';

test('what a dead process left behind is swept away, and nothing else', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sweep-'));
  try {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    const prefix = temporaryPrefix().replace(`-${process.pid}-`, `-${pid}-`);
    const names = {
      dead: `.${prefix}0011223344556677.tmp`,
      deadFolder: `${prefix}abcdef`,
      mine: temporaryName(),
      elsewhere: `.voicelingua-00000000-${pid}-0011223344556677.tmp`,
      other: `voicelingua-${pid}.tmp`,
    };
    for (const name of Object.values(names)) writeFileSync(join(folder, name), '');
    await sweepLeftovers(folder);
    const left = Object.entries(names).filter(([, name]) => existsSync(join(folder, name)));
    assert.equal(
      left.map(([key]) => key),
      ['mine', 'elsewhere', 'other'],
    );
    writeFileSync(join(folder, names.dead), '');
    await sweepLeftovers(folder);
    assert.ok(existsSync(join(folder, names.dead)), 'a folder is looked at once only');
    await sweepLeftovers(join(folder, 'not there'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
