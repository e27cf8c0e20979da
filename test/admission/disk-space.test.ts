import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkDiskSpace } from '../../src/admission/disk-space.js';
import { VoiceLinguaError } from '../../src/domain/errors.js';

const GIB = 2 ** 30;

async function failureOf(work: Promise<void>): Promise<VoiceLinguaError> {
  try {
    await work;
  } catch (error) {
    assert.instance(error, VoiceLinguaError);
    return error as VoiceLinguaError;
  }
  throw new Error('it passed');
}

const errno = (code: string) => Object.assign(new Error(code), { code });

test('a real folder has room for a little and not for everything', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'voicelingua-disk-'));
  try {
    await checkDiskSpace(folder, 1);
    const error = await failureOf(checkDiskSpace(folder, Number.MAX_SAFE_INTEGER));
    assert.is(error.code, 'DISK_FULL');
    assert.ok(error.retryable);
    assert.is(error.details.path, folder);
    assert.is(error.details.needed, Number.MAX_SAFE_INTEGER);
    assert.type(error.details.free, 'number');
    await checkDiskSpace(join(folder, 'not', 'there', 'yet'), 1);
    await failureOf(checkDiskSpace(join(folder, 'not', 'there', 'yet'), Number.MAX_SAFE_INTEGER));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('the message names folder, free and needed', async () => {
  const error = await failureOf(checkDiskSpace('/data/"out"', 3 * GIB, async () => 1.5 * GIB));
  assert.is(
    error.message,
    'There is not enough room in "/data/\\"out\\"": 1.5 GiB are free, about 3.0 GiB are needed. Free space or choose another folder.',
  );
  assert.equal(error.details, { path: '/data/"out"', free: 1.5 * GIB, needed: 3 * GIB });
});

test('exactly enough is enough', async () => {
  await checkDiskSpace('/data', GIB, async () => GIB);
  await failureOf(checkDiskSpace('/data', GIB + 1, async () => GIB));
});

test('the nearest folder that exists is asked', async () => {
  const asked: string[] = [];
  const error = await failureOf(
    checkDiskSpace('/a/b/c', 10, async (folder) => {
      asked.push(folder);
      if (folder !== '/a') throw errno('ENOENT');
      return 5;
    }),
  );
  assert.equal(asked, ['/a/b/c', '/a/b', '/a']);
  assert.is(error.details.path, '/a/b/c');
});

test('what does not tell, or cannot be looked at, passes', async () => {
  await checkDiskSpace('/a/b', GIB, async () => null);
  for (const code of ['EACCES', 'ENOTDIR', 'ENOSYS', 'ENOENT']) {
    await checkDiskSpace('/a/b', GIB, async () => {
      throw errno(code);
    });
  }
});

test('a place below a file passes: the write itself tells', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'voicelingua-disk-'));
  try {
    writeFileSync(join(folder, 'file'), '');
    await checkDiskSpace(join(folder, 'file', 'out'), Number.MAX_SAFE_INTEGER);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
