import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DOCUMENT_EXTENSIONS, documentFormatOf } from '../../../src/formats/documents/registry.js';

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

test.run();
