import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cleanText, decodeText } from '../../src/domain/clean-text.js';

test('what stores and C strings cannot hold goes, the rest stays', () => {
  assert.is(cleanText('\uFEFFone\r\ntwo\rthree\n'), 'one\ntwo\nthree\n');
  assert.is(cleanText('a\0b'), 'ab');
  assert.is(cleanText('a\uD83Db\uDE00c😀'), 'a\uFFFDb\uFFFDc😀');
  assert.is(
    cleanText('  \u202Eright to left\u202C <|endoftext|> __en__ '),
    '  \u202Eright to left\u202C <|endoftext|> __en__ ',
  );
});

test('bytes are read in the encoding that their mark says', () => {
  assert.is(decodeText(Buffer.from('\uFEFFgrün\r\n'), 'a.txt'), 'grün');
  assert.is(decodeText(Buffer.from('\uFEFFgrün', 'utf16le'), 'a.txt'), 'grün');
  assert.is(decodeText(Buffer.from('\uFEFF你好\n', 'utf16le').swap16(), 'a.txt'), '你好');
  assert.is(decodeText(Buffer.from('two ends\n\n'), 'a.txt'), 'two ends\n');
});

test('bytes that are no text give an error that names the file', () => {
  assert.throws(
    () => decodeText(Uint8Array.of(0x68, 0xff, 0x69), 'latin1.txt'),
    (error: { code?: string; message: string }) =>
      error.code === 'INPUT_CORRUPT' && error.message.includes('latin1.txt'),
  );
});

test.run();
