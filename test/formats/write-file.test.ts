import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { VoiceLinguaError } from '../../src/domain/errors.js';
import { writeFileAtomic } from '../../src/formats/write-file.js';

const test = suite<{ folder: string }>('write file');

test.before.each(async (context) => {
  context.folder = await mkdtemp(path.join(os.tmpdir(), 'voicelingua-write-'));
});
test.after.each(async ({ folder }) => {
  await rm(folder, { recursive: true, force: true });
});

async function failure(file: string): Promise<VoiceLinguaError> {
  return writeFileAtomic(file, 'new').then(
    () => {
      throw new Error(`${file} was written`);
    },
    (error: VoiceLinguaError) => {
      assert.is(error.code, 'OUTPUT_UNWRITABLE');
      assert.is(error.details.path, file);
      assert.ok(error.message.includes(path.basename(file).slice(0, 20)));
      return error;
    },
  );
}

test('missing folders are made and an older file is replaced', async ({ folder }) => {
  const file = path.join(folder, 'a/b/greeting.json');
  await writeFileAtomic(file, 'old');
  await writeFileAtomic(file, '你好 😀\n');
  assert.is(await readFile(file, 'utf8'), '你好 😀\n');
  assert.equal(await readdir(path.dirname(file)), ['greeting.json']);
});

test('a name as long as names can be is written', async ({ folder }) => {
  const file = path.join(folder, `${'n'.repeat(250)}.json`);
  await writeFileAtomic(file, Uint8Array.of(1, 2, 3));
  assert.is((await readFile(file)).length, 3);
});

test('readers see the old or the new file, never a part', async ({ folder }) => {
  const file = path.join(folder, 'x.txt');
  const versions = ['a', 'b', 'c'].map((letter) => letter.repeat(2_000_000));
  await writeFileAtomic(file, versions[0] ?? '');
  let writing = true;
  const writer = (async () => {
    for (const version of versions) await writeFileAtomic(file, version);
    writing = false;
  })();
  let reads = 0;
  while (writing) {
    assert.ok(versions.includes(await readFile(file, 'utf8')));
    reads++;
  }
  await writer;
  assert.ok(reads > 0);
});

test('a link is replaced, not what it points to', async ({ folder }) => {
  await writeFile(path.join(folder, 'target'), 'kept');
  await symlink('target', path.join(folder, 'link'));
  await writeFileAtomic(path.join(folder, 'link'), 'new');
  assert.is(await readFile(path.join(folder, 'target'), 'utf8'), 'kept');
  assert.is(await readFile(path.join(folder, 'link'), 'utf8'), 'new');
});

test('what cannot be written is named with the way out, and nothing stays behind', async ({ folder }) => {
  await writeFile(path.join(folder, 'file'), 'x');
  await mkdir(path.join(folder, 'taken.json'));
  assert.match((await failure(path.join(folder, 'file/x.json'))).message, 'a part of the path is a file');
  assert.match((await failure(path.join(folder, 'taken.json'))).message, 'there is a folder of that name');
  assert.match((await failure(path.join(folder, `${'n'.repeat(300)}.json`))).message, 'too long');
  assert.equal((await readdir(folder)).sort(), ['file', 'taken.json']);
  assert.equal(await readdir(path.join(folder, 'taken.json')), []);
});

test('a write that breaks off leaves the old file as it was and no part of the new one', async ({ folder }) => {
  if (process.platform === 'win32') return console.log('skipped: Windows has no file size limit');
  const file = path.join(folder, 'old.txt');
  await writeFile(file, 'old');
  const module = new URL('../../src/formats/write-file.ts', import.meta.url).href;
  const script = `
    process.on('SIGXFSZ', () => undefined);
    const { writeFileAtomic } = await import(${JSON.stringify(module)});
    await writeFileAtomic(${JSON.stringify(file)}, 'x'.repeat(4_000_000)).catch(({ code, details }) =>
      console.log(code, details.errno));
  `;
  const node = [process.execPath, '--import', 'tsx', '--input-type=module', '-e', script];
  const { stdout } = spawnSync('sh', ['-c', 'ulimit -f 1000; exec "$@"', 'sh', ...node], { encoding: 'utf8' });
  assert.is(stdout, 'OUTPUT_UNWRITABLE EFBIG\n');
  assert.is(await readFile(file, 'utf8'), 'old');
  assert.equal(await readdir(folder), ['old.txt']);
});

test('a folder without write permission is named', async ({ folder }) => {
  if (process.getuid?.() === 0) return console.log('skipped: the superuser may write to read-only folders');
  await chmod(folder, 0o555);
  assert.match((await failure(path.join(folder, 'x.json'))).message, 'no permission');
  await chmod(folder, 0o755);
});

test.run();
