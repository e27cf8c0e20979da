import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { joinPieces } from '../../../src/domain/script.js';
import { splitUnit } from '../../../src/stages/translate/sentences.js';
import { alignSegments, placed } from '../../../src/stages/translate/translated-segments.js';
import { said } from '../transcribe/support.js';

/** What stands under each segment when each sentence is translated as given. */
function aligned(texts: readonly string[], translations: Readonly<Record<string, string>>, to = 'en'): string[] {
  const segments = texts.map((text, index) => said(text, index, index + 1));
  const text = joinPieces(texts, 'de');
  const known = new Map(Object.entries(translations).map(([from, into]) => [from, { text: into, confidence: 1 }]));
  return alignSegments(text, segments, splitUnit(text, 'de').sentences, known, to);
}

test('a sentence that was said in several segments is shared out among them', () => {
  const texts = ['Wir gingen nach Hause,', 'weil es spät war und', 'der Laden geschlossen hatte.', 'Das war alles.'];
  const whole = 'Wir gingen nach Hause, weil es spät war und der Laden geschlossen hatte.';
  const parts = aligned(texts, {
    [whole]: 'We went home, because it was late and the shop was closed.',
    'Das war alles.': 'That was all.',
  });
  assert.equal(parts, ['We went home,', 'because it was late', 'and the shop was closed.', 'That was all.']);
});

test('several sentences of one segment stay in it, and one that begins in it goes on in the next', () => {
  const parts = aligned(['Ja. Nein. Vielleicht gehen', 'wir morgen in den Park.'], {
    'Ja.': 'Yes.',
    'Nein.': 'No.',
    'Vielleicht gehen wir morgen in den Park.': 'Perhaps we will go to the park tomorrow.',
  });
  assert.is(parts.join(' '), 'Yes. No. Perhaps we will go to the park tomorrow.');
  assert.ok(parts[0]?.startsWith('Yes. No. Perhaps'));
  assert.ok((parts[1]?.length ?? 0) > 10);
});

test('the place of a sentence: its first segment, and its length in each', () => {
  const texts = ['Das ist ein', 'langer Satz. Und noch', 'einer.'];
  const segments = texts.map((text, index) => said(text, index, index + 1));
  const text = texts.join(' ');
  const places = placed(text, segments, splitUnit(text, 'de').sentences);
  assert.equal(
    places.map(({ segment, shares }) => [segment, shares.length]),
    [
      [0, 2],
      [1, 2],
    ],
  );
  for (const { sentence, shares } of places)
    assert.is(
      shares.reduce((sum, share) => sum + share, 0),
      sentence.length,
    );
});

test('a segment without words has no text', () => {
  assert.equal(aligned(['Hallo.', '', 'Welt.'], { 'Hallo.': 'Hello.', 'Welt.': 'World.' }), ['Hello.', '', 'World.']);
});

test('a number between sentences stays in its segment', () => {
  const parts = aligned(['Hallo. 42.', 'Welt.', '7.'], { 'Hallo.': 'Hello.', 'Welt.': 'World.' });
  assert.equal(parts, ['Hello. 42.', 'World.', '7.']);
});

test.run();
