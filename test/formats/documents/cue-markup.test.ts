import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cueMarkup, withClosedTags } from '../../../src/formats/documents/cue-markup.js';

test('markup at the ends of a line is taken off, with what it encloses or opens for the next cue', () => {
  const lines: ReadonlyArray<readonly [line: string, before: string, text: string, after: string]> = [
    ['Hello.', '', 'Hello.', ''],
    ['{\\an8}<i>Hello.</i>', '{\\an8}<i>', 'Hello.', '</i>'],
    ['<i> Hello. </i>', '<i>', 'Hello.', '</i>'],
    ['<i>It goes on', '<i>', 'It goes on', ''],
    ['and ends here.</i>', '', 'and ends here.', '</i>'],
    ['<v Bob>Hello.', '<v Bob>', 'Hello.', ''],
    ['<i></i>', '<i></i>', '', ''],
    ['', '', '', ''],
  ];
  for (const [line, before, text, after] of lines) assert.equal(cueMarkup(line), { before, text, after }, line);
});

test('markup whose other end stands inside the text stays with it', () => {
  const lines: ReadonlyArray<readonly [line: string, before: string, text: string, after: string]> = [
    ['<i>Well</i>, no.', '', '<i>Well</i>, no.', ''],
    ['Well, <i>no.</i>', '', 'Well, <i>no.</i>', ''],
    ['<b><i>Well</i>, no.</b>', '<b>', '<i>Well</i>, no.', '</b>'],
    ['<b>Well, <i>no.</i></b>', '<b>', 'Well, <i>no.</i>', '</b>'],
    ['{\\an8}Well, <i>no</i>.', '{\\an8}', 'Well, <i>no</i>.', ''],
  ];
  for (const [line, before, text, after] of lines) assert.equal(cueMarkup(line), { before, text, after }, line);
});

test('a pair of tags that was parted is a pair in each part', () => {
  assert.equal(withClosedTags(['We <i>went', 'home</i> then']), ['We <i>went</i>', '<i>home</i> then']);
  assert.equal(withClosedTags(['<font color="red"><b>a', 'b', 'c</b></font>']), [
    '<font color="red"><b>a</b></font>',
    '<font color="red"><b>b</b></font>',
    '<font color="red"><b>c</b></font>',
  ]);
  assert.equal(withClosedTags(['We went <i>', 'home</i>']), ['We went ', '<i>home</i>']);
  assert.equal(withClosedTags(['We <i>went', 'home']), ['We <i>went', 'home'], 'no end: left as it was');
  assert.equal(withClosedTags(['<i>a</i>', 'b</i>']), ['<i>a</i>', 'b</i>']);
});

test('a line of hundreds of thousands of tags, spaces or brackets is done with', () => {
  const count = 300_000;
  for (const piece of ['<a>', ' ', '<', '{\\a', '<i', '</i>', '<i> ', '{\\an8}']) {
    for (const line of [`${piece.repeat(count)}x`, `x${piece.repeat(count)}`, `x${piece.repeat(count)}x`]) {
      const { before, text, after } = cueMarkup(line);
      assert.ok(before.length + text.length + after.length <= line.length, piece);
      withClosedTags([line, line]);
    }
  }
});

test.run();
