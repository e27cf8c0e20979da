import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cleanText } from '../../src/domain/clean-text.js';

test('what stores and C strings cannot hold goes, the rest stays', () => {
  assert.is(cleanText('\uFEFFone\r\ntwo\rthree\n'), 'one\ntwo\nthree\n');
  assert.is(cleanText('a\0b'), 'ab');
  assert.is(cleanText('a\uD83Db\uDE00c😀'), 'a\uFFFDb\uFFFDc😀');
  assert.is(
    cleanText('  \u202Eright to left\u202C <|endoftext|> __en__ '),
    '  \u202Eright to left\u202C <|endoftext|> __en__ ',
  );
});

test.run();
