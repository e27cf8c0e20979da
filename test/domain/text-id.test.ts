import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkTextId, outputPath } from '../../src/domain/text-id.js';
import { seededRandom } from '../fixtures/random.js';

const HASHED = /~[0-9a-f]{12}/;

test('a text id may be what a file name may be', () => {
  for (const id of ['greeting', 'sub/greeting', 'it\'s "$(id)" & more', '-v', 'two\nlines', '你好', 'a'.repeat(255)]) {
    assert.is(checkTextId(id, 'submit'), id);
  }
});

test('what is no text id is refused by name', () => {
  for (const id of ['', '  ', 'a\0b', '\uD800', 'x'.repeat(4097), 7, null, undefined, {}, []]) {
    assert.throws(
      () => checkTextId(id, 'submit'),
      (error: { code?: string; message: string }) =>
        error.code === 'INVALID_ARGUMENT' && error.message.includes('submit') && error.message.includes('textId'),
    );
  }
});

test('ordinary ids are file names as they are', () => {
  assert.is(outputPath('/out', 'greeting', '.json', 'linux'), '/out/greeting.json');
  assert.is(outputPath('/out', 'a/b c', '.en.srt', 'linux'), '/out/a/b c.en.srt');
  assert.is(outputPath('/out', 'it\'s "$(id)": why?', '.json', 'linux'), '/out/it\'s "$(id)": why?.json');
  assert.is(outputPath('/out', '-rf', '.json', 'linux'), '/out/-rf.json');
});

test('no id leads out of the folder', () => {
  for (const id of [
    '..',
    '../x',
    'a/../../x',
    '/etc/passwd',
    '//x',
    '.',
    './..',
    '..\\x',
    'C:\\x',
    'a/./b',
    '/',
    'a//b',
  ]) {
    for (const platform of ['linux', 'win32'] as const) {
      const file = outputPath('/out', id, '.json', platform);
      const relative = path.relative('/out', file);
      assert.not.ok(relative === '..' || relative.startsWith('../') || path.isAbsolute(relative), `${id} → ${file}`);
      assert.match(file, HASHED);
    }
  }
});

test('reserved names and characters are replaced where the system reserves them', () => {
  assert.match(outputPath('/out', 'what?', '.json', 'win32'), /^\/out\/what_~[0-9a-f]{12}\.json$/);
  assert.match(outputPath('/out', 'con', '.json', 'win32'), /^\/out\/_con~/);
  assert.match(outputPath('/out', 'a./b', '.json', 'win32'), /^\/out\/a_\/b~/);
  assert.match(outputPath('/out', 'two\nlines', '.json', 'linux'), /^\/out\/two_lines~/);
});

test('long names are cut between characters and stay apart', () => {
  const one = outputPath('/out', `${'語'.repeat(100)}1`, '.zh-tw.srt', 'linux');
  const two = outputPath('/out', `${'語'.repeat(100)}2`, '.zh-tw.srt', 'linux');
  assert.is.not(one, two);
  for (const file of [one, two]) {
    assert.ok(Buffer.byteLength(path.basename(file)) <= 255);
    assert.match(file, /語~[0-9a-f]{12}\.zh-tw\.srt$/);
  }
  const folder = outputPath('/out', `${'d'.repeat(300)}/x`, '.json', 'linux').split('/')[2] ?? '';
  assert.is(Buffer.byteLength(folder), 255);
});

test('different ids have different files inside the folder', () => {
  const random = seededRandom('text ids');
  const characters = ['a', 'b', '/', '\\', '.', '..', '\n', '_', '~', ':', 'é', '😀'];
  const seen = new Map<string, string>();
  for (let round = 0; round < 5000; round++) {
    const id = Array.from({ length: 1 + random.below(7) }, () => random.pick(characters)).join('');
    const file = outputPath('/out', id, '.json', 'linux');
    assert.ok(file.startsWith('/out/') && path.normalize(file) === file, `${id} → ${file}`);
    const owner = seen.get(file);
    assert.ok(owner === undefined || owner === id, `${JSON.stringify(owner)} and ${JSON.stringify(id)} share ${file}`);
    seen.set(file, id);
  }
});

test.run();
