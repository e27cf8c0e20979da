import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { arrangeCues, type Cue } from '../../src/formats/cue.js';
import { srt } from '../../src/formats/srt.js';
import { vtt } from '../../src/formats/vtt.js';
import { seededRandom } from '../fixtures/random.js';

const CUES: readonly Cue[] = [
  { start: 0, end: 1.9996, text: ' Good morning. ' },
  { start: 1.9996, end: 3.5, text: 'a --> b & <i>c</i>' },
  { start: 4, end: 5, text: '   ' },
  { start: 5, end: 3661.25, text: 'two\r\n\r\n lines' },
];

test('SubRip counts from 1, with a comma, without arrows in the text', () => {
  assert.is(
    srt.write(CUES),
    '1\n00:00:00,000 --> 00:00:02,000\nGood morning.\n\n' +
      '2\n00:00:02,000 --> 00:00:03,500\na -> b & <i>c</i>\n\n' +
      '3\n00:00:05,000 --> 01:01:01,250\ntwo\nlines\n\n',
  );
  assert.is(srt.write([]), '');
  assert.is(srt.write([{ start: 0, end: 1, text: 'a ----> b' }]).match(/-->/g)?.length, 1);
});

test('WebVTT has its header and escapes', () => {
  assert.is(
    vtt.write(CUES),
    'WEBVTT\n\n' +
      '00:00:00.000 --> 00:00:02.000\nGood morning.\n\n' +
      '00:00:02.000 --> 00:00:03.500\na --&gt; b &amp; &lt;i&gt;c&lt;/i&gt;\n\n' +
      '00:00:05.000 --> 01:01:01.250\ntwo\nlines\n\n',
  );
  assert.is(vtt.write([]), 'WEBVTT\n\n');
});

test('a cue without length stays as long as the next one allows', () => {
  const at = (start: number, end: number) => ({ start, end, text: 'x' });
  const times = (cues: readonly Cue[]) => arrangeCues(cues).map(({ start, end }) => [start, end]);
  assert.equal(times([at(1, 1)]), [[1000, 1833]]);
  assert.equal(times([at(1, 1), at(1.2, 2)]), [
    [1000, 1200],
    [1200, 2000],
  ]);
  assert.equal(times([at(1, 1), at(1, 1)]), [
    [1000, 1001],
    [1001, 1834],
  ]);
  assert.equal(times([at(2, 1)]), [[2000, 2833]]);
  assert.equal(times([at(1, 5), at(3, 4)]), [
    [1000, 3000],
    [3000, 4000],
  ]);
});

test('no cue is empty, of no length, or over another', () => {
  const random = seededRandom('cues');
  for (let round = 0; round < 500; round++) {
    const cues = Array.from({ length: random.below(12) }, () => {
      const start = random.below(30) / 10 - 0.2;
      return {
        start,
        end: start + random.pick([-1, 0, 0.0004, 0.5, 3]),
        text: random.pick(['', ' \n ', 'x', '\u2028y', 'a\n\n\nb']),
      };
    });
    const arranged = arrangeCues(cues);
    assert.is(arranged.length, cues.filter(({ text }) => text.trim() !== '').length);
    arranged.forEach(({ start, end, text }, index) => {
      assert.ok(start >= 0 && end > start && Number.isInteger(start) && Number.isInteger(end));
      assert.ok(end <= (arranged[index + 1]?.start ?? end));
      assert.not.match(text, /^\s|\s$|\n\s*\n|\u2028/);
    });
  }
});

test.run();
