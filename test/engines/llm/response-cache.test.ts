import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FolderResponseCache } from '../../../src/engines/llm/folder-cache.js';
import { cacheKey, MemoryResponseCache, type ResponseCache } from '../../../src/engines/llm/response-cache.js';

const ANSWER = { text: 'Hola', confidence: 0.9 };
let folder = '';

test.before.each(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voicelingua-cache-'));
});
test.after.each(() => rm(folder, { recursive: true, force: true }));

const KINDS: ReadonlyArray<readonly [string, () => ResponseCache]> = [
  ['in memory', () => new MemoryResponseCache()],
  ['in a folder', () => new FolderResponseCache(join(folder, 'cache'))],
];

for (const [kind, make] of KINDS) {
  test(`the cache ${kind} gives what was put last`, async () => {
    const cache = make();
    assert.is(await cache.get(cacheKey('a')), null);
    await cache.put(cacheKey('a'), { text: 'old', confidence: 0.8 });
    await cache.put(cacheKey('a'), ANSWER);
    await cache.put(cacheKey('b'), { text: '\ud83d\ude00 "x"\n', confidence: 0 });
    assert.equal(await cache.get(cacheKey('a')), ANSWER);
    assert.equal(await cache.get(cacheKey('b')), { text: '\ud83d\ude00 "x"\n', confidence: 0 });
    assert.is(await cache.get(cacheKey('c')), null);
  });
}

test('the one in memory forgets what was not used for longest', async () => {
  const cache = new MemoryResponseCache(2);
  await cache.put('a', ANSWER);
  await cache.put('b', ANSWER);
  await cache.get('a');
  await cache.put('c', ANSWER);
  assert.equal(await Promise.all(['a', 'b', 'c'].map(async (key) => (await cache.get(key)) !== null)), [
    true,
    false,
    true,
  ]);
});

test('the folder is for this user alone, outlives the cache, and leaves no temporary files', async () => {
  await Promise.all(
    Array.from({ length: 50 }, (_, at) => new FolderResponseCache(folder).put(cacheKey(at % 10), ANSWER)),
  );
  assert.equal(await new FolderResponseCache(folder).get(cacheKey(3)), ANSWER);
  assert.equal(await readdir(join(folder, 'tmp')), []);
  const key = cacheKey(3);
  const file = join(folder, key.slice(0, 2), `${key}.json`);
  assert.is((await stat(file)).mode & 0o077, 0);
  assert.equal(JSON.parse(await readFile(file, 'utf8')), { version: 1, key, ...ANSWER });
});

test('a damaged file counts as not there, and is replaced', async () => {
  const cache = new FolderResponseCache(folder);
  const key = cacheKey('a');
  const other = cacheKey('b');
  const whole = JSON.stringify({ version: 1, key, ...ANSWER });
  const broken = [
    '',
    whole.slice(0, 20),
    whole.replace(key, other),
    whole.replace('"version":1', '"version":2'),
    'null',
    '7',
  ];
  for (const content of [...broken, whole.replace('"Hola"', '""'), whole.replace('0.9', '9')]) {
    await mkdir(join(folder, key.slice(0, 2)), { recursive: true });
    await writeFile(join(folder, key.slice(0, 2), `${key}.json`), content);
    assert.is(await cache.get(key), null, content);
  }
  await cache.put(key, ANSWER);
  assert.equal(await cache.get(key), ANSWER);
});

test('of a process that is killed while it writes, whole answers stay', async () => {
  const program = join(import.meta.dirname, 'children', 'write-cache.ts');
  for (const wait of [0, 40, 90]) {
    const child = spawn(process.execPath, ['--import', 'tsx', program, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    await new Promise((resolve) => setTimeout(resolve, wait));
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.json'));
  assert.ok(names.length > 0);
  const cache = new FolderResponseCache(folder);
  for (const name of names) assert.is((await cache.get(basename(name, '.json')))?.text.length, 20_000, name);
});

test('what a killed process left is removed, what another is writing is not', async () => {
  await mkdir(join(folder, 'tmp'));
  await writeFile(join(folder, 'tmp', 'old'), 'x');
  await writeFile(join(folder, 'tmp', 'new'), 'x');
  const before = new Date(Date.now() - 2 * 3_600_000);
  await utimes(join(folder, 'tmp', 'old'), before, before);
  await new FolderResponseCache(folder).put(cacheKey('a'), ANSWER);
  assert.equal(await readdir(join(folder, 'tmp')), ['new']);
});

test('a folder that cannot be written rejects, and gives nothing', async () => {
  await writeFile(join(folder, 'file'), '');
  const cache = new FolderResponseCache(join(folder, 'file'));
  assert.is(await cache.get(cacheKey('a')), null);
  const error = await cache.put(cacheKey('a'), ANSWER).catch((thrown: unknown) => thrown);
  assert.instance(error, Error);
});

test.run();
