import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isDead, ownOwner } from '../../src/pipeline/owner.js';

const OWNER_CHILD = join(import.meta.dirname, 'owner-child.ts');
const linux = process.platform === 'linux';
const HOST = 1;
const MACHINE = 2;
const BOOT = 3;
const NAMESPACES = 4;
const PID = 5;
const START = 6;
const FIRST_NAMESPACE = 'pid:[4026531836] time:[4026531834]';

/** The name with some of its parts replaced. */
function changed(owner: string, changes: Readonly<Record<number, string>>): string {
  const parts = owner.split(':');
  for (const [index, value] of Object.entries(changes)) parts[Number(index)] = encodeURIComponent(value);
  return parts.join(':');
}

/** A child that tells its own name and lives until it is killed. */
async function startOwner(): Promise<{ owner: string; child: ChildProcess }> {
  const child = spawn(process.execPath, ['--import', 'tsx', OWNER_CHILD], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [chunk] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  return { owner: chunk.toString().trim(), child };
}

function stateOf(pid: number): string {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return text.slice(text.lastIndexOf(')') + 2)[0] as string;
}

test('this process is alive, under a new name each time', () => {
  assert.not.ok(isDead(ownOwner()));
  assert.is.not(ownOwner(), ownOwner());
});

test('another process is alive, stopped too, until it is killed', async () => {
  const { owner, child } = await startOwner();
  const closed = once(child, 'close');
  try {
    assert.not.ok(isDead(owner));
    child.kill('SIGSTOP');
    assert.not.ok(isDead(owner));
  } finally {
    child.kill('SIGKILL');
  }
  await closed;
  assert.is(isDead(owner), linux);
});

if (linux) {
  test('a process that ended and was not waited for is dead', async () => {
    // The shell starts the owner, becomes a program that never asks for its children's end, and so keeps the zombie.
    const script = '"$0" --import tsx "$1" & exec sleep 60';
    const parent = spawn('/bin/sh', ['-c', script, process.execPath, OWNER_CHILD], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const closed = once(parent, 'exit');
    try {
      const [chunk] = (await once(parent.stdout, 'data')) as [Buffer];
      const owner = chunk.toString().trim();
      const pid = Number(owner.split(':')[PID]);
      assert.not.ok(isDead(owner));
      process.kill(pid, 'SIGKILL');
      const deadline = Date.now() + 20_000;
      // Its first thread is a zombie a little before the last of its threads is gone.
      while (!isDead(owner) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
      assert.ok(isDead(owner));
      assert.is(stateOf(pid), 'Z');
    } finally {
      parent.kill('SIGKILL');
      await closed;
    }
  });

  test('a later process with the same pid is another one', () => {
    const owner = ownOwner();
    const start = owner.split(':')[START] as string;
    assert.ok(isDead(changed(owner, { [START]: String(Number(start) + 1) })));
    assert.not.ok(isDead(changed(owner, { [START]: '' })));
  });

  test('a free pid is dead under the same kernel and namespaces only', () => {
    // Above the highest pid that any kernel gives.
    const gone = changed(ownOwner(), { [PID]: '4194305' });
    assert.ok(isDead(gone));
    assert.not.ok(isDead(changed(gone, { [HOST]: 'elsewhere' })));
    assert.not.ok(isDead(changed(gone, { [NAMESPACES]: 'pid:[4026539999] time:[4026531834]' })));
    assert.not.ok(isDead(changed(gone, { [NAMESPACES]: '' })));
    assert.not.ok(isDead(changed(gone, { [BOOT]: '' })));
  });

  test("another user's process is alive", () => {
    const owner = changed(ownOwner(), { [PID]: '1', [START]: '' });
    assert.not.ok(isDead(owner));
  });

  test('another boot is dead on the same machine only, and never from or in a container', () => {
    const otherBoot = { [BOOT]: '11111111-2222-3333-4444-555555555555' };
    const mine = ownOwner();
    const parts = mine.split(':').map(decodeURIComponent);
    const bare = parts[NAMESPACES]?.startsWith('pid:[4026531836]') && parts[MACHINE] !== '';
    assert.is(isDead(changed(mine, otherBoot)), Boolean(bare));
    assert.not.ok(isDead(changed(mine, { ...otherBoot, [HOST]: 'elsewhere' })));
    assert.not.ok(isDead(changed(mine, { ...otherBoot, [MACHINE]: '0123456789abcdef0123456789abcdef' })));
    assert.not.ok(isDead(changed(mine, { ...otherBoot, [MACHINE]: '' })));
    assert.not.ok(isDead(changed(mine, { ...otherBoot, [NAMESPACES]: 'pid:[4026532999] time:[4026531834]' })));
    assert.is(isDead(changed(mine, { ...otherBoot, [NAMESPACES]: FIRST_NAMESPACE })), Boolean(bare));
  });
}

test('names of another form are not known to be dead', () => {
  const owner = ownOwner();
  const wrong = [
    '',
    'host:99999999:abcdef01',
    owner.replace('o1', 'o2'),
    `${owner}:more`,
    changed(owner, { [PID]: '0' }),
    changed(owner, { [PID]: '-1' }),
    changed(owner, { [PID]: '1e3' }),
    changed(owner, { [PID]: '99999999999999999999' }),
    changed(owner, { [HOST]: '' }),
    owner.replace(/^o1:[^:]*/, 'o1:%'),
  ];
  for (const name of wrong) assert.not.ok(isDead(name), name);
});

test('a host name with colons and blanks survives', () => {
  const odd = changed(ownOwner(), { [HOST]: 'a:b c%' });
  assert.is(odd.split(':').length, ownOwner().split(':').length);
  assert.not.ok(isDead(odd));
});

test.run();
