import {
  closeSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Interrupts } from '../../src/cli/interrupts.js';
import { openForWriting } from '../../src/cli/watch/open-files.js';
import { Settling } from '../../src/cli/watch/settling.js';
import { VoiceLinguaError } from '../../src/domain/errors.js';
import { type CliResult, cli, inFolder, RecordingLingua, Sink } from './support.js';

/** What is waited for may come late on a busy machine; what never comes is the failure looked for. */
const DEADLINE_MS = 60_000;
const SETTLE = '300ms';

async function until(what: string, holds: () => boolean): Promise<void> {
  const end = Date.now() + DEADLINE_MS;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`still waiting: ${what}`);
    await sleep(20);
  }
}

interface Watch {
  readonly folder: string;
  readonly lingua: RecordingLingua;
  readonly stderr: Sink;
  readonly interrupts: Interrupts;
  readonly ended: Promise<CliResult>;
  put(name: string, content?: string): void;
  /** Text ids in the order in which they were submitted. */
  ids(): Array<string | undefined>;
}

/** Runs `watch` on the folder `in` and stops it after `work`. */
async function watching(
  prepare: (folder: string, lingua: RecordingLingua) => void,
  work: (watch: Watch) => Promise<void>,
  argv: readonly string[] = [],
): Promise<CliResult> {
  return await inFolder(async (cwd) => {
    const folder = join(cwd, 'in');
    mkdirSync(folder);
    const lingua = new RecordingLingua();
    prepare(folder, lingua);
    const [interrupts, stderr] = [new Interrupts(), new Sink()];
    const options = { cwd, lingua: lingua.api(), interrupts, stderr };
    const ended = cli(['watch', 'in', '--settle', SETTLE, ...argv], options);
    const put = (name: string, content = 'sound'): void => putFile(folder, name, content);
    const ids = () => lingua.submitted.map((request) => request.textId);
    try {
      await work({ folder, lingua, stderr, interrupts, ended, put, ids });
    } finally {
      interrupts.request(new Error('stop'));
    }
    return await ended;
  });
}

function putFile(folder: string, name: string, content = 'sound'): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), content);
}

test('what is there is taken first, in order, then what comes, in new folders too', async () => {
  const { code, stdout, stderr } = await watching(
    (folder) => {
      putFile(folder, 'b.wav');
      putFile(folder, 'deep/a.mp3');
    },
    async ({ put, ids, lingua }) => {
      await until('the first two', () => lingua.ran.length === 2);
      assert.equal(ids(), ['b', 'deep/a']);
      put('later.wav');
      put('deep/new/one.flac');
      await until('the others', () => lingua.ran.length === 4);
      assert.equal(new Set(ids()), new Set(['b', 'deep/a', 'later', 'deep/new/one']));
    },
    ['--to', 'de', '--out', 'packages'],
  );
  assert.is(code, 130);
  assert.is(stdout.split('\n').length - 1, 4);
  assert.match(stderr, /^watching in until Ctrl-C\n/);
  assert.match(stderr, /4 completed, 0 failed, of 4 in /);
});

test('files of the same age are complete together, however long it takes to look at them', async () => {
  await inFolder(async (folder) => {
    const paths = Array.from({ length: 400 }, (_, index) => join(folder, `${index}.wav`));
    for (const path of paths) writeFileSync(path, 'sound');
    for (let round = 0; round < 16; round++) {
      const now = new Date();
      for (const path of paths) utimesSync(path, now, now);
      const groups: number[] = [];
      const settling = new Settling({
        settleMs: 60,
        ready: (files) => groups.push(files.length),
        held: (path) => assert.unreachable(path),
      });
      for (const path of paths) settling.add(path, statSync(path));
      settling.start();
      await until('the files', () => groups.length > 0);
      settling.close();
      assert.equal(groups, [paths.length]);
    }
  });
});

test('a file that is written in pieces is taken once, when it is complete', async () => {
  let size = 0;
  await watching(
    () => {},
    async ({ folder, lingua, stderr }) => {
      await until('the watch', () => stderr.text.includes('watching'));
      const path = join(folder, 'slow.wav');
      for (let piece = 0; piece < 8; piece += 1) {
        writeFileSync(path, 'sound', { flag: 'a' });
        size += 5;
        await sleep(100);
        assert.equal(lingua.submitted, [], `taken at ${size} bytes`);
      }
      await until('the file', () => lingua.ran.length === 1);
      await sleep(800);
      assert.is(lingua.submitted.length, 1);
    },
  );
});

test('a file that is still open for writing waits, where the system tells it', async () => {
  if (process.platform !== 'linux') return;
  await watching(
    (folder) => putFile(folder, 'here.wav'),
    async ({ folder, lingua, ids }) => {
      const file = openSync(join(folder, 'open.wav'), 'w');
      writeSync(file, 'sound');
      await until('the other file', () => lingua.ran.length === 1);
      await sleep(1500);
      assert.equal(ids(), ['here']);
      closeSync(file);
      await until('the closed file', () => lingua.ran.length === 2);
    },
  );
});

test('of open files those open for reading alone are free', async () => {
  if (process.platform !== 'linux') return;
  await inFolder(async (folder) => {
    const [read, written] = [join(folder, 'read'), join(folder, 'written')];
    for (const path of [read, written]) writeFileSync(path, '');
    const files = [openSync(read, 'r'), openSync(written, 'r+')];
    assert.equal(await openForWriting(new Set([read, written])), new Set([written]));
    for (const file of files) closeSync(file);
    assert.equal(await openForWriting(new Set([read, written])), new Set());
  });
});

test('temporary, hidden and other files are left out, and the folder of the outputs', async () => {
  await watching(
    (folder) => {
      for (const name of ['.hidden.wav', '.git/x.wav', 'half.wav.part', 'x.crdownload', '~lock.wav', 'notes.txt']) {
        putFile(folder, name);
      }
      putFile(folder, 'out/talk.wav');
      putFile(folder, 'real.wav');
    },
    async ({ folder, put, ids, lingua }) => {
      await until('the recording', () => lingua.ran.length === 1);
      put('copying.wav.part');
      renameSync(join(folder, 'copying.wav.part'), join(folder, 'copied.wav'));
      await until('the renamed file', () => lingua.ran.length === 2);
      await sleep(800);
      assert.equal(ids(), ['real', 'copied']);
    },
    ['--out', 'in/out'],
  );
});

test('a file that is replaced is submitted again, one that is touched too; the library knows whether it is new', async () => {
  await watching(
    (folder) => putFile(folder, 'a.wav'),
    async ({ folder, put, ids, lingua }) => {
      await until('the file', () => lingua.ran.length === 1);
      put('a.wav', 'other sound');
      await until('the changed file', () => ids().length === 2);
      putFile(folder, '../new.wav', 'a third sound');
      renameSync(join(folder, '../new.wav'), join(folder, 'a.wav'));
      await until('the replaced file', () => ids().length === 3);
      assert.equal(ids(), ['a', 'a', 'a']);
    },
  );
});

test('files that would share a text id are told apart, the same way after a restart', async () => {
  const seen: Array<Record<string, string>> = [];
  const idsByFile = (lingua: RecordingLingua): Record<string, string> =>
    Object.fromEntries(lingua.submitted.map(({ audio, textId }) => [audio?.split('/').at(-1), textId]));
  await watching(
    (folder) => putFile(folder, 'talk.wav'),
    async ({ put, lingua, folder }) => {
      await until('the first', () => lingua.ran.length === 1);
      put('talk.mp3');
      await until('the second', () => lingua.ran.length === 2);
      seen.push(idsByFile(lingua));
      // A restart, with the same store: the id stays with the file that has it there.
      const again = new RecordingLingua();
      for (const task of lingua.tasksById.values()) again.tasksById.set(task.id, task);
      const interrupts = new Interrupts();
      const ended = cli(['watch', folder, '--settle', SETTLE], { lingua: again.api(), interrupts });
      await until('both again', () => again.submitted.length === 2);
      interrupts.request(new Error('stop'));
      await ended;
      seen.push(idsByFile(again));
      assert.equal(again.ran, []);
    },
  );
  assert.equal(seen, [
    { 'talk.wav': 'talk', 'talk.mp3': 'talk.mp3' },
    { 'talk.wav': 'talk', 'talk.mp3': 'talk.mp3' },
  ]);
});

test('what fails is told, and the watch goes on; short memory is waited for', async () => {
  const { stderr, code } = await watching(
    (folder, lingua) => {
      putFile(folder, 'bad.wav');
      lingua.failing.set('bad', new VoiceLinguaError('INPUT_CORRUPT', 'Broken.'));
      const submit = lingua.submit.bind(lingua) as (given: unknown) => Promise<never>;
      let refused = false;
      lingua.submit = async (given: unknown) => {
        if (refused) return submit(given);
        refused = true;
        throw new VoiceLinguaError('OVERLOADED', 'Memory is 93 % in use.');
      };
    },
    async ({ put, lingua }) => {
      await until('the bad file', () => lingua.ran.length === 1);
      put('good.wav');
      await until('the good file', () => lingua.ran.length === 2);
    },
  );
  assert.is(code, 130);
  assert.match(stderr, /warning: new work waits: Memory is 93 % in use\./);
  assert.match(stderr, /error: in\/bad\.wav \(task task-bad\): Broken\./);
  assert.match(stderr, /1 completed, 1 failed, of 2 in .*\nfailed: INPUT_CORRUPT: Broken\.\n {2}in\/bad\.wav\n/);
});

for (const [name, change] of [
  ['vanishes', (folder: string) => rmSync(folder, { recursive: true })],
  [
    'is replaced',
    (folder: string) => {
      renameSync(folder, `${folder}-old`);
      mkdirSync(folder);
    },
  ],
] as const) {
  test(`a folder that ${name} ends the watch with an input error, and hands back what runs`, async () => {
    const result = await inFolder(async (cwd) => {
      mkdirSync(join(cwd, 'in'));
      putFile(join(cwd, 'in'), 'a.wav');
      const lingua = new RecordingLingua();
      let released = false;
      lingua.work = (_, signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            released = true;
            resolve();
          });
          change(join(cwd, 'in'));
        });
      const ended = await cli(['watch', 'in', '--settle', SETTLE, '--json'], { cwd, lingua: lingua.api() });
      assert.ok(released);
      return ended;
    });
    assert.is(result.code, 4);
    const types = result.records().map(({ type }) => type);
    assert.equal(types, ['watching', 'error', 'summary']);
    const { error } = result.records()[1] as { error: { code: string } };
    assert.is(error.code, 'INPUT_NOT_FOUND');
  });
}

test('a folder that is not there, or is a file, is refused', async () => {
  await inFolder(async (cwd) => {
    writeFileSync(join(cwd, 'file'), '');
    for (const name of ['missing', 'file']) {
      const { code, stderr } = await cli(['watch', name], { cwd, lingua: new RecordingLingua().api() });
      assert.is(code, 4);
      assert.match(stderr, /error: /);
    }
  });
});

test('files and folders that links give a second name are taken once', async () => {
  await watching(
    (folder) => {
      putFile(folder, 'deep/a.wav');
      symlinkSync(folder, join(folder, 'deep/up'));
      symlinkSync(join(folder, 'deep/a.wav'), join(folder, 'link.wav'));
      putFile(folder, '../elsewhere/b.wav');
      symlinkSync(join(folder, '../elsewhere'), join(folder, 'linked'));
    },
    async ({ lingua, put, ids }) => {
      await until('the files', () => lingua.ran.length > 1);
      put('deep/c.wav');
      await until('the other file', () => ids().includes('deep/c'));
      await sleep(800);
      assert.equal(new Set(ids()), new Set(['deep/a', 'linked/b', 'deep/c']));
      assert.is(ids().length, 3);
    },
  );
});

test('--poll sees what comes without notices of the system', async () => {
  await watching(
    () => {},
    async ({ put, lingua, stderr }) => {
      await until('the watch', () => stderr.text.includes('watching'));
      put('a.wav');
      await until('the file', () => lingua.ran.length === 1);
    },
    ['--poll'],
  );
});

test.run();
