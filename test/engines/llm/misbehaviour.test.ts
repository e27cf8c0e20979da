import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type SeededRandom, seededRandom } from '../../fixtures/random.js';
import {
  type Asked,
  type Behaviour,
  breaksOff,
  type Entry,
  entriesOf,
  fails,
  good,
  says,
  send,
  startMock,
  translationOf,
  wrapped,
} from './mock-server.js';
import { fallbackOf, itemsOf, translatorOf } from './support.js';

/** Everything that a server does wrong, each in one request. */
function misbehaviours(random: SeededRandom): Behaviour[] {
  const spoil = (change: (entries: Entry[], asked: Asked) => readonly Entry[]): Behaviour =>
    says((entries, asked) => wrapped(change(entries, asked)));
  const some = (entries: Entry[]): Entry[] => entries.filter(() => random.below(2) === 0);
  return [
    good,
    fails(429, {}, { 'retry-after': String(random.below(20)) }),
    fails(500),
    fails(503, {}, { 'retry-after': new Date(Date.now() + random.below(20_000)).toUTCString() }),
    breaksOff,
    (_, response) => void response.destroy(),
    (_, response) => send(response, 200, '{"choices": [{"message"'),
    (_, response) => send(response, 200, '<html>', { 'content-type': 'text/html' }),
    says('Here you are.'),
    says("I'm sorry, I can't."),
    says(null, { refusal: 'No.' }),
    says('', { finish: 'content_filter' }),
    says((entries) => wrapped(entries).slice(0, random.below(200)), { finish: 'length' }),
    says((entries) => `\`\`\`\n${wrapped(entries)}\n\`\`\``, { usage: undefined }),
    spoil(some),
    spoil((entries) => [...entries].reverse()),
    spoil((entries) => [...entries, ...some(entries).map((entry) => ({ ...entry, text: 'another text' }))]),
    spoil((entries) => entries.map((entry) => (random.below(2) === 0 ? entry : { ...entry, text: ' ' }))),
    spoil((entries) => entries.map((entry) => ({ ...entry, id: Number(entry.id) + random.below(2) }))),
    spoil((entries) => entries.map((entry) => ({ ...entry, id: `no ${entry.id}` }))),
    spoil((entries) =>
      entries.map((entry, at) => ({
        ...entry,
        text: entries[(at + 1) % entries.length]?.text ?? '',
        start: entries[(at + 1) % entries.length]?.start,
      })),
    ),
    spoil((_, asked) => entriesOf(asked, (text) => text)),
    fails(400, { message: 'response_format is unavailable' }),
    fails(413, { message: 'too large' }),
  ];
}

test('as many units come out as go in, each its own translation, whatever the server does', async () => {
  const random = seededRandom('misbehaviour');
  await using server = await startMock();
  const kinds = { provider: 0, fallback: 0, none: 0 };
  for (let round = 0; round < 40; round++) {
    const all = misbehaviours(random);
    const naughty = 1 + random.below(4);
    const behaviours = Array.from({ length: 100 }, () => (random.below(5) < naughty ? random.pick(all) : good));
    server.behave(...behaviours, random.pick([good, fails(500), says('No.')]));
    const words = ['time', 'river', 'of', 'the', 'house', 'runs', 'and', 'sleeps', 'under'];
    const texts = Array.from({ length: random.below(25) }, (_, at) =>
      random.below(12) === 0
        ? ''
        : `Unit ${round}.${at} says ${Array.from({ length: 2 + random.below(9) }, () => random.pick(words)).join(' ')}.`,
    );
    const items = texts.flatMap((text) => itemsOf([text], random.pick(['es', 'de', 'en'])));
    const { translator } = translatorOf(server, {
      fallback: fallbackOf(),
      batchSentences: 1 + random.below(8),
      contextSentences: random.below(4),
    });
    const results = await translator.translate(items);
    assert.is(results.length, items.length);
    for (const [at, { text, origin }] of results.entries()) {
      const own = (items[at] as { text: string }).text;
      kinds[origin.kind] += 1;
      if (origin.kind === 'none') assert.is(text, own);
      else if (origin.kind === 'fallback') assert.is(text, `offline ${own}`);
      // A server that leaves sentences as they are, again and again, is believed in the end.
      else
        assert.ok(text === translationOf(own) || (text === own && results[at]?.confidence === 0.5), `${own} → ${text}`);
    }
  }
  assert.ok(kinds.provider > 100 && kinds.fallback > 10 && kinds.none > 10, JSON.stringify(kinds));
});

test.run();
