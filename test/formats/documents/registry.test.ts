import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DOCUMENT_FORMATS } from '../../../src/domain/document-format.js';
import type { VoiceLinguaError } from '../../../src/domain/errors.js';
import { plainText } from '../../../src/formats/documents/plain-text.js';
import { DOCUMENT_EXTENSIONS, documentFormat, documentFormatOf } from '../../../src/formats/documents/registry.js';

test('a format is found by the ending of a file', () => {
  const expected: ReadonlyArray<readonly [string, string | null]> = [
    ['a.srt', 'srt'],
    ['folder.v1/A.VTT', 'vtt'],
    ['index.html', 'html'],
    ['C:\\pages\\index.HTM', 'html'],
    ['a.txt', null],
    ['srt', null],
    ['a.srt/file', null],
    ['', null],
  ];
  for (const [name, format] of expected) assert.is(documentFormatOf(name)?.name ?? null, format, name);
  for (const extension of DOCUMENT_EXTENSIONS) assert.ok(documentFormatOf(`x.${extension}`) !== null);
});

test('a name goes before the ending, plain text is a format too, and what neither tells is refused', () => {
  for (const name of DOCUMENT_FORMATS) assert.is(documentFormat('a.srt', name).name, name);
  assert.is(documentFormat('A.TXT').name, 'txt');
  assert.is(documentFormat('notes.md').name, 'txt');
  assert.is(documentFormat('page.html').name, 'html');
  for (const name of ['film.sub', 'txt', '', 'a.srt/file']) {
    assert.throws(
      () => documentFormat(name),
      (error: VoiceLinguaError) =>
        error.code === 'INPUT_UNSUPPORTED_FORMAT' && /html, srt, vtt, txt/.test(error.message),
      name,
    );
  }
});

test('plain text keeps its line ends', async () => {
  const { units, write } = await plainText.read('one\r\ntwo\r\n');
  assert.equal(units, [{ id: '1', text: 'one\r\ntwo\r\n' }]);
  assert.is(write(new Map([['1', 'eins\nzwei\n']])), 'eins\r\nzwei\r\n');
  assert.is(write(new Map()), 'one\r\ntwo\r\n');
});

test.run();
