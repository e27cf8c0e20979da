import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const root = join(import.meta.dirname, '..', '..');
const { cratePins, engineCache, hashTree, withLock } = await import(
  new URL('../../tools/build/lib/cache.mjs', import.meta.url).href
);
const { compareVersions, describeMissing, distribution, findTools } = await import(
  new URL('../../tools/build/lib/tools.mjs', import.meta.url).href
);
const { ObjectCounter } = await import(new URL('../../tools/build/lib/progress.mjs', import.meta.url).href);
const { cudaSettings, prepareCuda } = await import(new URL('../../tools/build/lib/cuda.mjs', import.meta.url).href);

const test = suite<{ folder: string }>('build tools');
const lockModule = JSON.stringify(new URL('../../tools/build/lib/cache.mjs', import.meta.url).href);

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'voicelingua-build-'));
});

test.after.each(({ folder }) => {
  rmSync(folder, { recursive: true, force: true });
});

const tools = { compiler: 'g++ 12.2.0', cmakeVersion: '3.25.1', rustc: 'rustc 1.95.0' };

function keys(change: Record<string, unknown> = {}): { cargo: string; whisper: string } {
  return engineCache({ root, tools, cuda: false, env: { XDG_CACHE_HOME: '/cache' }, ...change });
}

test('the cache stands under XDG_CACHE_HOME and its name is stable', () => {
  assert.match(keys().cargo, /^\/cache\/voicelingua\/[0-9a-f]{16}\/cargo$/);
  assert.equal(keys(), keys());
});

for (const [what, change] of [
  ['another compiler', { tools: { ...tools, compiler: 'g++ 13.1.0' } }],
  ['another Rust', { tools: { ...tools, rustc: 'rustc 1.96.0' } }],
  ['the CUDA variant', { cuda: true }],
  ['compiler flags in the environment', { env: { XDG_CACHE_HOME: '/cache', CXXFLAGS: '-O1' } }],
] as const) {
  test(`${what} is another cache`, () => {
    assert.is.not(keys(change).cargo, keys().cargo);
  });
}

test('a portable build shares the Rust engines and has a whisper.cpp of its own', () => {
  const portable = keys({ portable: true });
  assert.is(portable.cargo, keys().cargo);
  assert.is.not(portable.whisper, keys().whisper);
});

test('only the engine crates are pins', () => {
  const lock = (version: string, other: string): string =>
    `[[package]]\nname = "ct2rs"\nversion = "${version}"\n\n[[package]]\nname = "serde"\nversion = "${other}"\n`;
  const manifest = '[dependencies]\nct2rs = { version = "=1", features = ["dnnl"] }\nserde = "1"\n';
  const pins = cratePins(lock('1.0.0', '1.0.0'), manifest);
  assert.equal(cratePins(lock('1.0.0', '2.0.0'), `# a comment\n${manifest}`), pins);
  assert.is.not(String(cratePins(lock('1.0.1', '1.0.0'), manifest)), String(pins));
  assert.is.not(String(cratePins(lock('1.0.0', '1.0.0'), manifest.replace('dnnl', 'mkl'))), String(pins));
});

test('the hash of a tree follows contents and names', ({ folder }) => {
  mkdirSync(join(folder, 'a'));
  writeFileSync(join(folder, 'a', 'x'), '1');
  const before = hashTree([folder]);
  writeFileSync(join(folder, 'a', 'x'), '2');
  const changed = hashTree([folder]);
  writeFileSync(join(folder, 'a', 'x'), '1');
  assert.is(hashTree([folder]), before);
  writeFileSync(join(folder, 'a', 'y'), '');
  assert.is.not(changed, before);
  assert.is.not(hashTree([folder]), before);
});

test('two holders of a lock take turns', async ({ folder }) => {
  const lock = join(folder, 'lock');
  const events: string[] = [];
  let waitedFor = 0;
  const first = withLock(lock, async () => {
    events.push('first in');
    await new Promise((resolve) => setTimeout(resolve, 100));
    events.push('first out');
  });
  await withLock(
    lock,
    async () => {
      events.push('second in');
    },
    (pid: number) => {
      waitedFor = pid;
    },
  );
  await first;
  assert.equal(events, ['first in', 'first out', 'second in']);
  assert.is(waitedFor, process.pid);
  assert.is(existsSync(lock), false);
});

test('a lock is released when the work fails', async ({ folder }) => {
  const lock = join(folder, 'lock');
  let message = '';
  await withLock(lock, async () => {
    throw new Error('broken');
  }).catch((error: Error) => {
    message = error.message;
  });
  assert.is(message, 'broken');
  assert.is(existsSync(lock), false);
});

test('the lock of a killed process is taken over', async ({ folder }) => {
  const lock = join(folder, 'lock');
  const script = `import(${lockModule}).then(({ withLock }) => withLock(${JSON.stringify(lock)}, () => { console.log('held'); return new Promise(() => setInterval(() => {}, 1000)); }))`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
  assert.is(JSON.parse(readFileSync(lock, 'utf8')).pid, child.pid);
  let ran = false;
  await withLock(lock, async () => {
    ran = true;
  });
  assert.is(ran, true);
});

test('versions are compared by number', () => {
  assert.is(compareVersions('3.9', '3.18'), -1);
  assert.is(compareVersions('3.18.0', '3.18'), 0);
  assert.is(compareVersions('4.0', '3.31.6'), 1);
});

test('missing tools are named with the command of the system', () => {
  const missing = [{ tool: 'cmake', detail: 'CMake ≥ 3.18 was not found.' }];
  assert.match(describeMissing(missing, 'debian')[0], 'apt-get install cmake');
  assert.match(describeMissing(missing, 'fedora')[0], 'dnf install cmake');
  assert.match(describeMissing(missing, 'darwin')[0], 'brew install cmake');
  assert.match(describeMissing(missing, null)[0], 'macOS: brew install cmake');
  assert.is(distribution('linux', 'ID=ubuntu\nID_LIKE=debian\n'), 'debian');
  assert.is(distribution('linux', 'ID="rocky"\nID_LIKE="rhel centos fedora"\n'), 'fedora');
  assert.is(distribution('linux', 'ID=arch\n'), null);
});

test('an empty PATH misses all three tools, an old CMake is too old', ({ folder }) => {
  const script = (path: string): Promise<string> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [join(root, 'tools', 'build', 'build-native.mjs')], {
        env: { PATH: path, HOME: folder },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let text = '';
      child.stderr.on('data', (chunk) => {
        text += chunk;
      });
      child.once('exit', (code) => resolve(`${code} ${text}`));
    });
  const old = join(folder, 'cmake');
  writeFileSync(old, '#!/bin/sh\necho "cmake version 3.10.2"\n');
  chmodSync(old, 0o755);
  return Promise.all([script(join(folder, 'empty')), script(`${folder}${delimiter}${process.env.PATH}`)]).then(
    ([empty, outdated]) => {
      assert.match(empty, /^1 /);
      for (const tool of ['CMake', 'C++17 compiler', 'cargo']) assert.match(empty, tool);
      assert.match(outdated, /^1 /);
      assert.match(outdated, 'CMake 3.10.2 is too old');
    },
  );
});

test('this machine has what it takes', () => {
  assert.equal(findTools().missing, []);
});

test('objects are counted from the lists that CMake writes', ({ folder }) => {
  const lists = join(folder, 'src', 'CMakeFiles', 'x.dir');
  mkdirSync(lists, { recursive: true });
  const row = (name: string): string =>
    `  "/s/${name}.cpp" "src/CMakeFiles/x.dir/${name}.cpp.o" "gcc" "src/${name}.d"\n`;
  writeFileSync(join(lists, 'DependInfo.cmake'), `set(X\n${row('a')}${row('b')}${row('c')})\n`);
  writeFileSync(join(lists, 'a.cpp.o'), '');
  const counter = new ObjectCounter(folder);
  assert.equal(counter.count(), { done: 1, total: 3 });
  writeFileSync(join(lists, 'b.cpp.o'), '');
  assert.equal(counter.count(), { done: 2, total: 3 });
});

test('a CUDA build names the toolkit it looked for, and both engines get their spelling of the architectures', ({
  folder,
}) => {
  assert.throws(() => prepareCuda({ CUDA_PATH: join(folder, 'none') }), /CUDA_PATH/);
  mkdirSync(join(folder, 'include'));
  writeFileSync(join(folder, 'include', 'cuda.h'), '');
  const env = prepareCuda({ CUDA_PATH: folder, PATH: '/bin', CUDA_ARCH_LIST: '8.0;9.0' });
  assert.match(env.PATH, join(folder, 'bin'));
  assert.is(env.CUDA_ARCH_LIST, '8.0;9.0');
  assert.is(cudaSettings(env).CMAKE_CUDA_ARCHITECTURES, '80;90');
  assert.is(cudaSettings(env).CMAKE_CUDA_COMPILER, join(folder, 'bin', 'nvcc'));
});

test.run();
