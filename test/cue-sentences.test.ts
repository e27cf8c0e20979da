import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cueSentences } from '../src/cue-sentences.js';
import type { ReadDocument } from '../src/formats/documents/document.js';
import { srtDocument } from '../src/formats/documents/subtitles.js';
import { seededRandom } from './fixtures/random.js';

/** SubRip of some cues of two seconds each; a number is a pause of so many seconds. */
function srt(...cues: ReadonlyArray<string | number>): string {
  const time = (seconds: number): string =>
    `00:0${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')},000`;
  let at = 0;
  let text = '';
  let number = 0;
  for (const cue of cues) {
    if (typeof cue === 'number') at += cue;
    else {
      text += `${++number}\n${time(at)} --> ${time(at + 2)}\n${cue}\n\n`;
      at += 2;
    }
  }
  return text;
}

async function sentencesOf(text: string, language = 'en'): Promise<string[]> {
  const { units, times } = await srtDocument.read(text);
  return cueSentences(units, times ?? [], language).units.map((unit) => unit.text);
}

/** The document with its sentences translated by a function. */
async function translated(document: ReadDocument, to: string, translate: (text: string) => string): Promise<string> {
  const { units, cuesOf } = cueSentences(document.units, document.times ?? [], 'en');
  return document.write(
    cuesOf(
      units.map(({ id, text }) => ({ id, text: translate(text), confidence: 1 })),
      to,
    ),
  );
}

test('a sentence that goes over several cues is one, and its translation is shared out among them', async () => {
  const text = srt('We went home,', 'because it was late', 'and the shop was closed.', 'That was all. I', 'slept.');
  const whole = 'We went home, because it was late and the shop was closed.';
  assert.equal(await sentencesOf(text), [whole, 'That was all.', 'I slept.']);
  const known = new Map([
    [whole, 'Wir gingen nach Hause, weil es spät war, und der Laden hatte geschlossen.'],
    ['That was all.', 'Das war alles.'],
    ['I slept.', 'Ich schlief.'],
  ]);
  const result = await translated(await srtDocument.read(text), 'de', (sentence) => known.get(sentence) ?? '?');
  assert.is(
    result,
    srt(
      'Wir gingen nach Hause,',
      'weil es spät war,',
      'und der Laden hatte geschlossen.',
      'Das war alles. Ich',
      'schlief.',
    ),
  );
});

test('pauses, speakers, songs and captions end a sentence', async () => {
  assert.equal(await sentencesOf(srt('Well', 'I never', 5, 'later')), ['Well I never', 'later']);
  assert.equal(await sentencesOf(srt('Come here', '- Who is it?\n- Me', 'and you')), [
    'Come here',
    'Who is it?',
    'Me and you',
  ]);
  assert.equal(await sentencesOf(srt('Come here', '[door closes]', 'at once', '♪ la la ♪', 'now')), [
    'Come here',
    '[door closes]',
    'at once',
    '♪ la la ♪',
    'now',
  ]);
  assert.equal(await sentencesOf(srt('我们今天', '回家。'), 'zh'), ['我们今天回家。']);
});

test('markup of a cue stays with it, tags inside a sentence go with its words, speakers keep their lines', async () => {
  const text = srt(
    '{\\an8}<i>We went home,</i>',
    '<i>because it was late.</i>',
    '- Who is it?\n- <b>Me</b>.',
    '<i></i>',
    '42',
  );
  const known = new Map([
    ['We went home, because it was late.', 'Wir gingen nach Hause, weil es spät war.'],
    ['Who is it?', 'Wer ist es?'],
    ['<b>Me</b>.', '<b>Ich</b>.'],
  ]);
  const result = await translated(
    await srtDocument.read(text),
    'de',
    (sentence) => known.get(sentence) ?? `?${sentence}`,
  );
  assert.is(
    result,
    srt(
      '{\\an8}<i>Wir gingen nach Hause,</i>',
      '<i>weil es spät war.</i>',
      '- Wer ist es?\n- <b>Ich</b>.',
      '<i></i>',
      '42',
    ),
  );
});

test('a pair of tags inside a sentence that is parted between two cues is closed and opened again', async () => {
  const text = srt('It was the <b>very late', 'train to town</b> that we took.');
  const result = await translated(
    await srtDocument.read(text),
    'de',
    () => 'Es war der <b>sehr späte Zug in die Stadt</b>, den wir nahmen.',
  );
  const cues = (await srtDocument.read(result)).units;
  for (const cue of cues) assert.is(cue.text.match(/<b>/g)?.length, cue.text.match(/<\/b>/g)?.length, cue.text);
  assert.is(
    cues.map((cue) => cue.text.replace(/<\/?b>/g, '')).join(' '),
    'Es war der sehr späte Zug in die Stadt, den wir nahmen.',
  );
});

test('what is no sentence stays in its cue: numbers, dots, dashes', async () => {
  const text = srt('1984.', 'It was cold.', '...', '42', '- 7', '–');
  const result = await translated(await srtDocument.read(text), 'de', () => 'Es war kalt.');
  assert.is(result, text.replace('It was cold.', 'Es war kalt.'));
});

test('any cues: all that is translated arrives, in order, and untranslated cues are as they were', async () => {
  const random = seededRandom('cues');
  const words = [
    'Ja.',
    'we',
    'go <i>home</i>',
    '...',
    '12',
    '- I',
    'know',
    '♪ oh',
    'why?',
    '<b>you',
    'me</b>',
    'a, b',
    '“Yes”',
    'Mr.',
    '{\\an8}',
    '\u00a0',
  ];
  for (let round = 0; round < 300; round++) {
    const cues = Array.from({ length: 1 + random.below(8) }, () =>
      Array.from({ length: 1 + random.below(5) }, () => random.pick(words)).join(random.next() < 0.2 ? '\n' : ' '),
    );
    const text = srt(...cues);
    const document = await srtDocument.read(text);
    const { units, cuesOf } = cueSentences(document.units, document.times ?? [], 'en');
    const bare = (value: string): string => value.replace(/<[^<>]*>|\{[^{}]*\}|\s+/g, '');
    const upper = cuesOf(
      units.map(({ id, text }) => ({
        id,
        text: text.replace(/[a-z]+(?![^<]*>)/g, (word) => word.toUpperCase()),
        confidence: 1,
      })),
      'en',
    );
    assert.is(
      bare([...upper.values()].join(' ')).toLowerCase(),
      bare(document.units.map((unit) => unit.text).join(' ')).toLowerCase(),
      text,
    );
  }
});

test('a cue of hundreds of thousands of words, lines or tags is done with', async () => {
  const count = 200_000;
  for (const piece of ['word ', 'Hello.\n', '- a\n', '<i>', '我', ' ']) {
    const text = srt(`a${piece.repeat(count / piece.length)}b`);
    const result = await translated(await srtDocument.read(text), 'de', (sentence) => `${sentence}!`);
    assert.ok(result.length > 30, piece);
  }
});

test.run();
