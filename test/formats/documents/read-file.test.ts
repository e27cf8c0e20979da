import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VoiceLinguaError } from '../../../src/domain/errors.js';
import {
  documentText,
  MAX_DOCUMENT_BYTES,
  markedAs,
  readDocumentFile,
} from '../../../src/formats/documents/read-file.js';

const folder = mkdtempSync(join(tmpdir(), 'voicelingua-documents-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function refusal(path: string): Promise<VoiceLinguaError> {
  try {
    await readDocumentFile(path);
  } catch (error) {
    if (error instanceof VoiceLinguaError) return error;
    throw error;
  }
  throw new Error(`${path} was read`);
}

const TEXT = '1\n00:00:01,000 --> 00:00:02,000\nGrüß Gott, 世界 😀\n';

test('UTF-8 with and without byte order mark, and UTF-16 with one, are one text', async () => {
  const little = Buffer.from(`\ufeff${TEXT}`, 'utf16le');
  assert.equal(await readDocumentFile(file('plain', TEXT)), { text: TEXT, marked: false });
  assert.equal(await readDocumentFile(file('marked', `\ufeff${TEXT}`)), { text: TEXT, marked: true });
  assert.equal(await readDocumentFile(file('little', little)), { text: TEXT, marked: true });
  assert.equal(await readDocumentFile(file('big', Buffer.from(little).swap16())), { text: TEXT, marked: true });
  assert.is(markedAs({ text: '', marked: true }, 'x'), '\ufeffx');
  assert.is(markedAs({ text: '', marked: false }, 'x'), 'x');
});

test('what is no text in these encodings is refused with what to do', async () => {
  const latin = await refusal(file('latin.srt', Buffer.from('Grüß Gott', 'latin1')));
  assert.is(latin.code, 'INPUT_CORRUPT');
  assert.match(latin.message, /latin\.srt.*UTF-8.*iconv/);
  assert.match((await refusal(file('odd', Buffer.from([0xff, 0xfe, 0x41])))).message, /UTF-16LE/);
  const unmarked = await refusal(file('unmarked', Buffer.from(TEXT, 'utf16le')));
  assert.is(unmarked.code, 'INPUT_CORRUPT');
  assert.is((await refusal(file('binary', Buffer.alloc(5000)))).code, 'INPUT_CORRUPT');
  assert.throws(
    () => documentText('a\0b', 'given'),
    (error: VoiceLinguaError) => error.code === 'INPUT_CORRUPT',
  );
});

test('what is no document file is refused by its own code, and its name is in the message on one line', async () => {
  assert.is((await refusal(join(folder, 'none'))).code, 'INPUT_NOT_FOUND');
  assert.is((await refusal(join(folder, 'x'.repeat(300)))).code, 'INPUT_NOT_FOUND');
  assert.is((await refusal(join(file('afile', 'x'), 'below'))).code, 'INPUT_NOT_FOUND');
  assert.is((await refusal(folder)).code, 'INPUT_IS_DIRECTORY');
  assert.is((await refusal(file('empty', ''))).code, 'INPUT_EMPTY');
  assert.is((await refusal(file('blank', '\ufeff \r\n'))).code, 'INPUT_EMPTY');
  const odd = await refusal(join(folder, 'a\nb"c'));
  assert.not.match(odd.message, /\n/);
  assert.match(odd.message, /a\\nb\\"c/);
});

test('a file above the limit is refused by its size, one below it is read', async () => {
  const large = await refusal(file('large', Buffer.alloc(MAX_DOCUMENT_BYTES + 1, 'a')));
  assert.is(large.code, 'INPUT_TOO_LARGE');
  assert.match(large.message, /16 MiB/);
  assert.is((await readDocumentFile(file('fits', Buffer.alloc(10_000_000, 'a')))).text.length, 10_000_000);
});

test('a pipe is refused at once, and so is a file without permission', async () => {
  if (process.platform === 'win32') return;
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  assert.is((await refusal(pipe)).code, 'INPUT_NOT_REGULAR');
  if (process.getuid?.() === 0) return console.log('skipped: root may read everything');
  const closed = file('closed', 'x');
  chmodSync(closed, 0);
  assert.is((await refusal(closed)).code, 'INPUT_PERMISSION');
  mkdirSync(join(folder, 'shut'), { mode: 0 });
  assert.is((await refusal(join(folder, 'shut', 'x'))).code, 'INPUT_PERMISSION');
});

test.run();
