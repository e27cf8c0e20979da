import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MemoryReader, type MemorySources, readMemory, residentMemory } from '../../src/admission/memory-state.js';

const MIB = 2 ** 20;
const V2_MOUNT = '31 23 0:28 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate';
const V1_MOUNT = '35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory';

interface Context {
  folder: string;
}

const test = suite<Context>('memory state');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'voicelingua-memory-'));
});
test.after.each((context) => {
  rmSync(context.folder, { recursive: true, force: true });
});

type Files = Readonly<Record<string, string | number>>;

function write(folder: string, files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${content}\n`);
  }
}

/** A machine of 1,000 MiB with the given share available, in the given groups. */
function reader(folder: string, files: Files, availableMib = 800, sources: Partial<MemorySources> = {}): MemoryReader {
  write(folder, {
    'proc/meminfo': `MemTotal:        ${1000 * 1024} kB\nMemFree:         1000 kB\nMemAvailable:    ${availableMib * 1024} kB`,
    ...files,
  });
  return new MemoryReader({ procRoot: join(folder, 'proc'), root: folder, platform: 'linux', ...sources });
}

/** Files of a version 2 group. */
function group(path: string, max: number | 'max', current: number, more: Files = {}): Files {
  const base = join('sys/fs/cgroup', path);
  const files: Record<string, string | number> = {
    [join(base, 'memory.max')]: max === 'max' ? max : max * MIB,
    [join(base, 'memory.current')]: current * MIB,
  };
  for (const [name, content] of Object.entries(more)) files[join(base, name)] = content;
  return files;
}

function version2(path: string, mount = V2_MOUNT): Files {
  return { 'proc/self/cgroup': `0::${path}`, 'proc/self/mountinfo': mount };
}

test('without a group the machine counts', ({ folder }) => {
  assert.equal(reader(folder, {}).read(), {
    total: 1000 * MIB,
    available: 800 * MIB,
    used: 1 - 800 / 1000,
    limit: 'machine',
  });
});

test('a container that leaves less counts in its place', ({ folder }) => {
  const state = reader(folder, { ...version2('/'), ...group('/', 500, 400) }).read();
  assert.equal(state, { total: 500 * MIB, available: 100 * MIB, used: 1 - 100 / 500, limit: 'container' });
});

test('a machine that leaves less than the container counts', ({ folder }) => {
  const state = reader(folder, { ...version2('/'), ...group('/', 500, 10) }, 40).read();
  assert.is(state.limit, 'machine');
  assert.is(state.available, 40 * MIB);
});

test('a limit above the memory of the machine is none', ({ folder }) => {
  assert.is(reader(folder, { ...version2('/'), ...group('/', 4000, 3990) }).read().limit, 'machine');
});

test('"max" is no limit, but memory.high is', ({ folder }) => {
  const files = { ...version2('/a'), ...group('/a', 'max', 300) };
  assert.is(reader(folder, files).read().limit, 'machine');
  const high = { ...files, ...group('/a', 'max', 300, { 'memory.high': 400 * MIB }) };
  assert.equal(reader(folder, high).read(), { total: 400 * MIB, available: 100 * MIB, used: 0.75, limit: 'container' });
});

test('the cache of files is not in use', ({ folder }) => {
  const stat = `anon ${100 * MIB}\nfile ${260 * MIB}\ninactive_anon 5\nactive_file ${60 * MIB}\ninactive_file ${200 * MIB}`;
  const files = { ...version2('/'), ...group('/', 500, 400, { 'memory.stat': stat }) };
  assert.is(reader(folder, files).read().available, 360 * MIB);
});

test('usage above the limit and cache above the usage stay within the limit', ({ folder }) => {
  assert.is(reader(folder, { ...version2('/'), ...group('/', 500, 520) }).read().available, 0);
  const stat = { 'memory.stat': `inactive_file ${900 * MIB}` };
  const state = reader(folder, { ...version2('/'), ...group('/', 500, 520, stat) }).read();
  assert.is(state.available, 500 * MIB);
  assert.is(state.used, 0);
});

test('the tightest of the groups above counts, not the nearest', ({ folder }) => {
  const groups = { ...group('/a', 600, 550), ...group('/a/b', 'max', 300), ...group('/a/b/c', 400, 200) };
  const state = reader(folder, { ...version2('/a/b/c'), ...groups }).read();
  assert.equal(state, { total: 600 * MIB, available: 50 * MIB, used: 1 - 50 / 600, limit: 'container' });
});

test('a container that is shown only its own group, under the path it has outside', ({ folder }) => {
  const mount = V2_MOUNT.replace(' / /sys', ' /docker/4f2a /sys');
  const own = { ...version2('/docker/4f2a', mount), ...group('/', 300, 200) };
  assert.is(reader(folder, own).read().available, 100 * MIB);
  const nested = { ...version2('/docker/4f2a/init', mount), ...group('/', 300, 200), ...group('/init', 250, 200) };
  assert.is(reader(folder, nested).read().available, 50 * MIB);
});

test("a group of another namespace's view falls back to what is mounted", ({ folder }) => {
  const mount = V2_MOUNT.replace(' / /sys', ' /../../kubepods /sys');
  assert.is(reader(folder, { ...version2('/../x', mount), ...group('/', 300, 200) }).read().available, 100 * MIB);
});

test('a mount point with blanks is found', ({ folder }) => {
  const mount = V2_MOUNT.replace('/sys/fs/cgroup', '/my\\040groups');
  const files = { ...version2('/', mount), 'my groups/memory.max': 300 * MIB, 'my groups/memory.current': 0 };
  assert.is(reader(folder, files).read().total, 300 * MIB);
});

test('version 1 and the version 2 hierarchy beside it', ({ folder }) => {
  const base = 'sys/fs/cgroup/memory/job';
  const state = reader(folder, {
    'proc/self/cgroup': '9:name=systemd:/\n4:cpu,memory:/job/one\n1:cpu:/\n0::/',
    'proc/self/mountinfo': `${V1_MOUNT}\n41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw`,
    [`${base}/memory.limit_in_bytes`]: 300 * MIB,
    [`${base}/memory.usage_in_bytes`]: 200 * MIB,
    [`${base}/memory.stat`]: `inactive_file 1\ntotal_inactive_file ${40 * MIB}\ntotal_active_file ${20 * MIB}`,
    [`${base}/one/memory.limit_in_bytes`]: '9223372036854771712',
    [`${base}/one/memory.usage_in_bytes`]: 10 * MIB,
  }).read();
  assert.equal(state, { total: 300 * MIB, available: 160 * MIB, used: 1 - 160 / 300, limit: 'container' });
});

test('files that cannot be read or understood are no limit', ({ folder }) => {
  const strange = group('/', 300, 200, { 'memory.max': 'plenty', 'memory.high': '' });
  assert.is(reader(folder, { ...version2('/'), ...strange }).read().limit, 'machine');
  const half = { ...version2('/'), 'sys/fs/cgroup/memory.max': 300 * MIB };
  rmSync(join(folder, 'sys'), { recursive: true });
  assert.is(reader(folder, half).read().limit, 'machine');
});

test('other systems, and a Linux without /proc, ask the system', ({ folder }) => {
  const system = () => ({ total: 200, available: 50 });
  for (const platform of ['win32', 'darwin', 'linux'] as const) {
    const state = new MemoryReader({ procRoot: join(folder, 'none'), root: folder, platform, system }).read();
    assert.equal(state, { total: 200, available: 50, used: 0.75, limit: 'machine' });
  }
});

test('a reading is given out for 200 ms', ({ folder }) => {
  let clock = 5;
  const memory = reader(folder, {}, 800, { now: () => clock });
  assert.is(memory.read().available, 800 * MIB);
  write(folder, { 'proc/meminfo': `MemTotal: ${1000 * 1024} kB\nMemAvailable: ${1024} kB` });
  clock += 199;
  assert.is(memory.read().available, 800 * MIB);
  clock += 1;
  assert.is(memory.read().available, MIB);
});

test('this machine has memory', () => {
  const { total, available, used } = readMemory();
  assert.ok(total > 64 * MIB);
  assert.ok(available > 0 && available <= total);
  assert.ok(used >= 0 && used < 1);
});

test("a process's resident memory, until it is gone", async () => {
  const child = spawn(process.execPath, ['-e', 'process.stdout.write("up"); setInterval(() => {}, 1000)']);
  await once(child.stdout, 'data');
  const pid = child.pid as number;
  if (process.platform === 'linux') {
    const bytes = residentMemory(pid) as number;
    assert.ok(bytes > 10 * MIB && bytes < 2000 * MIB);
  }
  const ended = once(child, 'close');
  child.kill('SIGKILL');
  await ended;
  assert.is(residentMemory(pid), null);
});

test.run();
