import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { KEY } from './support.js';

test('the key stands in nothing that is printed, thrown, inspected or written', async () => {
  const cache = await mkdtemp(join(tmpdir(), 'voicelingua-key-'));
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', join(import.meta.dirname, 'children', 'every-failure.ts'), cache],
    // The client's own log shows requests when this is set.
    { env: { ...process.env, OPENAI_API_KEY: KEY, OPENAI_LOG: 'debug' }, timeout: 60_000, maxBuffer: 64 * 1024 * 1024 },
  );
  const written = await Promise.all(
    (await readdir(cache, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => readFile(join(entry.parentPath ?? entry.path, entry.name), 'utf8')),
  );
  await rm(cache, { recursive: true });
  for (const text of [stdout, stderr, ...written]) assert.not.ok(text.includes(KEY), text.slice(0, 2000));
  assert.ok(written.length >= 2, 'nothing was cached');
  assert.ok(
    written.some((text) => text.includes('[key]')),
    'no answer held the key',
  );
  assert.ok((stdout.match(/asked [1-9]/g)?.length ?? 0) >= 16, `the key was not sent:\n${stdout}`);
  assert.match(stderr, /PROVIDER_AUTH/);
});

test.run();
