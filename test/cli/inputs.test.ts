import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { expandInputs, type Input, inputSource } from '../../src/cli/inputs.js';
import type { Io } from '../../src/cli/io.js';
import { readText, referenceFinder } from '../../src/cli/references.js';
import { inFolder } from './support.js';

const ioAt = (cwd: string, stdin = ''): Io => ({
  stdin: Readable.from([Buffer.from(stdin)]),
  stdout: new Writable(),
  stderr: new Writable(),
  env: {},
  cwd,
});

function put(folder: string, ...names: string[]): void {
  for (const name of names) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), `content of ${name}\n`);
  }
}

const ids = (inputs: readonly Input[]) =>
  inputs.map((input) => ('request' in input ? input.request.textId : `! ${(input.error as { code: string }).code}`));

test('text ids are paths below the input without the extension', async () => {
  await inFolder(async (folder) => {
    put(folder, 'rec/one.wav', 'rec/deep/er/two.v2.MP3', 'rec/notes.txt', 'rec/.hidden.wav', 'other/three.flac');
    assert.equal(ids(await expandInputs(['rec'], ioAt(folder))), ['deep/er/two.v2', 'one']);
    assert.equal(ids(await expandInputs([join(folder, 'other'), 'rec/one.wav'], ioAt('/'))), [
      'three',
      '! INPUT_NOT_FOUND',
    ]);
    assert.equal(ids(await expandInputs(['rec/**/*.{wav,MP3}'], ioAt(folder))), ['deep/er/two.v2', 'one']);
    assert.equal(ids(await expandInputs(['*/*.flac'], ioAt(folder))), ['other/three']);
    assert.equal(ids(await expandInputs([`${folder}/other/*`], ioAt('/'))), ['three']);
  });
});

test('files that would share a text id are told apart, whatever their order', async () => {
  await inFolder(async (folder) => {
    put(folder, 'a/talk.wav', 'b/talk.wav', 'c/talk.wav', 'c/talk.mp3', 'c/lone.wav');
    assert.equal(ids(await expandInputs(['a/talk.wav', 'b/talk.wav'], ioAt(folder))), ['a/talk', 'b/talk']);
    assert.equal(ids(await expandInputs(['b', 'a'], ioAt(folder))), ['b/talk', 'a/talk']);
    assert.equal(ids(await expandInputs(['c'], ioAt(folder))), ['lone', 'talk.mp3', 'talk.wav']);
  });
});

test('neighbours in a folder of a tree are told apart by their extension, below their folder', async () => {
  await inFolder(async (folder) => {
    put(folder, 'rec/x/talk.wav', 'rec/x/talk.mp3', 'rec/y/talk.wav', 'rec/y/talk.mp3', 'rec/y/talk.wav.flac');
    const expected = ['x/talk.mp3', 'x/talk.wav', 'y/talk.mp3', 'y/talk', 'y/talk.wav'];
    const found = ids(await expandInputs(['rec'], ioAt(folder)));
    assert.is(new Set(found).size, 5);
    assert.equal(found, expected);
    put(folder, 'other/x/talk.wav');
    const both = ids(await expandInputs(['rec', 'other'], ioAt(folder)));
    assert.is(new Set(both).size, 6, both.join(', '));
  });
});

test('links are followed, each file and folder once, and one that leads nowhere is none', async () => {
  await inFolder(async (folder) => {
    put(folder, 'rec/a.wav', 'elsewhere/b.wav');
    symlinkSync(join(folder, 'rec'), join(folder, 'rec/loop'));
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'rec/linked'));
    symlinkSync(join(folder, 'rec/a.wav'), join(folder, 'rec/z.wav'));
    symlinkSync(join(folder, 'nowhere'), join(folder, 'rec/broken.wav'));
    assert.equal(ids(await expandInputs(['rec'], ioAt(folder))), ['a', 'linked/b']);
  });
});

test('the files of one folder come while the search goes on; the search says how many it knows', async () => {
  await inFolder(async (folder) => {
    put(folder, ...Array.from({ length: 300 }, (_, index) => `rec/${index % 10}/${index}.wav`));
    const found: Array<[number, boolean]> = [];
    const source = inputSource([join(folder, 'rec')], ioAt(folder), (count, all) => found.push([count, all]));
    const first = await source.take(5);
    assert.ok(first.length > 0 && first.length <= 5);
    let taken = first.length;
    for (let some = await source.take(100); some.length > 0; some = await source.take(100)) taken += some.length;
    assert.is(taken, 300);
    assert.equal(found.at(-1), [300, true]);
    assert.ok(found.slice(0, -1).every(([, all]) => !all));
    const stopped = inputSource([join(folder, 'rec')], ioAt(folder));
    await stopped.take(1);
    stopped.close();
    assert.equal(await stopped.take(1), []);
  });
});

test('a file named twice is one piece of work, through a link too', async () => {
  await inFolder(async (folder) => {
    put(folder, 'a.wav');
    symlinkSync(join(folder, 'a.wav'), join(folder, 'link.wav'));
    assert.equal(ids(await expandInputs(['a.wav', './a.wav', 'link.wav', '*.wav'], ioAt(folder))), ['a']);
  });
});

const ODD = [
  'with space',
  `quote ' and "`,
  '$(id)',
  '`id`',
  '-dash',
  '-',
  'new\nline',
  '*',
  '[ab]{c,d}!',
  '@at',
  '%s%n',
  'ünï — 会议',
  'back\\slash',
];

test('odd file names are taken as they are', async () => {
  await inFolder(async (folder) => {
    for (const name of ODD) {
      put(folder, `${name}.wav`, 'ab.wav');
      const given = name.startsWith('@') ? `./${name}.wav` : `${name}.wav`;
      const [input, ...more] = await expandInputs([given], ioAt(folder));
      assert.equal(more, [], name);
      assert.ok(input !== undefined && 'request' in input, name);
      assert.is(input.request.audio, join(folder, `${name}.wav`));
      assert.is(input.request.textId, name);
    }
    const found = ids(await expandInputs([folder], ioAt('/')));
    assert.equal(new Set(found), new Set([...ODD, 'ab']));
  });
});

test('a name of 255 bytes works, a longer one is an input error', async () => {
  await inFolder(async (folder) => {
    const longest = `${'é'.repeat(125)}x.wav`;
    assert.is(Buffer.byteLength(longest), 255);
    put(folder, longest);
    assert.equal(ids(await expandInputs([longest, `${longest}x`], ioAt(folder))), [
      longest.slice(0, -4),
      '! INPUT_NOT_FOUND',
    ]);
  });
});

test('lists of paths come from stdin and from @file, by line or NUL', async () => {
  await inFolder(async (folder) => {
    put(folder, 'a b.wav', 'c.wav', 'new\nline.wav', 'list');
    writeFileSync(join(folder, 'list'), '\uFEFFa b.wav\r\n\r\nc.wav');
    assert.equal(ids(await expandInputs(['@list'], ioAt(folder))), ['a b', 'c']);
    assert.equal(ids(await expandInputs(['-'], ioAt(folder, 'c.wav\na b.wav\n'))), ['c', 'a b']);
    assert.equal(ids(await expandInputs(['-'], ioAt(folder, 'new\nline.wav\0c.wav\0'))), ['new\nline', 'c']);
    assert.equal(ids(await expandInputs(['@missing', 'c.wav'], ioAt(folder))), ['! INPUT_NOT_FOUND', 'c']);
  });
});

test('what is not there is an error of its own and stops nothing else', async () => {
  await inFolder(async (folder) => {
    put(folder, 'a.wav', 'texts/only.txt');
    const inputs = await expandInputs(['missing.wav', 'a.wav', '*.xyz', 'texts', 'a.wav/below'], ioAt(folder));
    assert.equal(ids(inputs), [
      '! INPUT_NOT_FOUND',
      'a',
      '! INPUT_NOT_FOUND',
      '! INPUT_NOT_FOUND',
      '! INPUT_NOT_FOUND',
    ]);
    for (const input of inputs) {
      if ('error' in input) assert.ok((input.error as Error).message.includes(input.name), input.name);
    }
  });
});

test('text files that are named become text tasks', async () => {
  await inFolder(async (folder) => {
    writeFileSync(join(folder, 'a.txt'), '\uFEFFHello.\r\nBye.\r\n');
    const [input] = await expandInputs(['a.txt'], ioAt(folder));
    assert.equal(input !== undefined && 'request' in input && input.request, { text: 'Hello.\r\nBye.', textId: 'a' });
    writeFileSync(join(folder, 'b.txt'), Buffer.from([0x66, 0xfc, 0x72]));
    assert.equal(ids(await expandInputs(['b.txt'], ioAt(folder))), ['! INPUT_CORRUPT']);
  });
});

test('a reference is a file for one recording, or a folder of <text id>.txt', async () => {
  await inFolder(async (folder) => {
    put(folder, 'ref/deep/one.txt', 'single.txt');
    const byId = referenceFinder('ref', 3, folder);
    assert.is(byId('deep/one'), 'content of ref/deep/one.txt');
    assert.is(byId('two'), undefined);
    assert.is(referenceFinder('single.txt', 1, folder)('anything'), 'content of single.txt');
    assert.throws(() => referenceFinder('single.txt', 2, folder), /Give a folder/);
    assert.throws(() => referenceFinder('missing', 1, folder), /no such file/);
    assert.is(referenceFinder(undefined, 2, folder)('x'), undefined);
    assert.throws(() => readText(folder), /a folder/);
  });
});

test.run();
