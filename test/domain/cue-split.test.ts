import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { splitAmongCues } from '../../src/domain/cue-split.js';
import { randomOf, testSeed } from '../fixtures/random.js';

const split = (text: string, shares: number[], language = 'en'): string[] => splitAmongCues(text, shares, language);

test('a translation is cut where its original was, at the nearest good place', () => {
  assert.equal(split('We went home, because it was late and the shop was closed.', [1, 3]), [
    'We went home,',
    'because it was late and the shop was closed.',
  ]);
  assert.equal(split('Der Zug fährt um neun Uhr ab. Bitte steigen Sie ein.', [28, 22], 'de'), [
    'Der Zug fährt um neun Uhr ab.',
    'Bitte steigen Sie ein.',
  ]);
  assert.equal(split('one two three four five six', [1, 1, 1]), ['one two', 'three four', 'five six']);
});

test('articles, prepositions and titles stay with what follows', () => {
  const [first, second] = split('I have seen the old house', [1, 1]) as [string, string];
  assert.not.ok(first.endsWith(' the'), first);
  assert.is(`${first} ${second}`, 'I have seen the old house');
  assert.equal(split('Er arbeitet in der großen Fabrik', [10, 12], 'de')[1]?.startsWith('großen'), false);
  assert.equal(split('Nous allons à la gare demain', [11, 14], 'fr'), ['Nous allons', 'à la gare demain']);
});

test('Chinese and Japanese are cut between characters, but not before a particle or a closing mark', () => {
  assert.equal(split('今天天气很好，我们去公园吧。', [1, 1], 'zh'), ['今天天气很好，', '我们去公园吧。']);
  for (const share of [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
    const [, second] = split('私は昨日新しい本を買いました', [share, 14 - share], 'ja') as [string, string];
    assert.not.match(second, /^\p{Script=Hiragana}/u);
  }
});

test('one cue, nothing to share out, fewer words than cues', () => {
  assert.equal(split(' Hello. ', [5]), ['Hello.']);
  assert.equal(split('Hello.', [1, 3, 2]), ['', 'Hello.', '']);
  assert.equal(split('', [1, 1]), ['', '']);
  assert.equal(split('Hello there.', [0, 0]), ['Hello there.', '']);
  const three = split('a b', [1, 1, 1]);
  assert.is(three.filter((part) => part !== '').join(' '), 'a b');
  assert.equal(split('x', []), []);
});

test('whatever the text and the shares: nothing is lost, and nothing stands more than a cue from its place', () => {
  const random = randomOf(testSeed('cues'));
  const pick = (below: number): number => Math.floor(random() * below);
  const words = [
    'a',
    'the',
    'of',
    'house,',
    'später.',
    'と',
    '学校',
    '的',
    '了',
    '「はい」',
    'ехать',
    'l’eau',
    '—',
    '🙂',
    '가방',
    '...',
  ];
  for (let round = 0; round < 2000; round++) {
    const language = ['en', 'de', 'fr', 'ru', 'ja', 'zh', 'zh-tw', 'ko', 'xx'][pick(9)] as string;
    const text = Array.from(
      { length: pick(30) },
      () => (words[pick(words.length)] as string) + (pick(4) > 0 ? ' ' : ''),
    ).join('');
    const shares = Array.from({ length: 1 + pick(6) }, () => 1 + pick(20));
    const parts = split(text, shares, language);
    assert.is(parts.length, shares.length);
    assert.is(parts.join('').replace(/\s/g, ''), text.replace(/\s/g, ''), `${language}: ${text}`);
    for (const part of parts) assert.is(part, part.trim());
  }
});

test('every end of a cue lies between the ends before and after it', () => {
  const text = Array.from({ length: 60 }, (_, index) => `w${index % 10}`).join(' ');
  const random = randomOf(testSeed('ends of cues'));
  for (let round = 0; round < 300; round++) {
    const shares = Array.from({ length: 2 + Math.floor(random() * 8) }, () => 3 + Math.floor(random() * 20));
    const total = shares.reduce((sum, share) => sum + share, 0);
    const parts = split(text, shares);
    let given = 0;
    let wanted = 0;
    for (const [cue, part] of parts.slice(0, -1).entries()) {
      const before = wanted;
      wanted += (shares[cue] as number) / total;
      given += (part.length + 1) / (text.length + 1);
      const after = wanted + (shares[cue + 1] as number) / total;
      assert.ok(given >= before - 0.02 && given <= after + 0.02, `${shares}: ${given} for ${wanted}`);
    }
  }
});

test('a line of a megabyte takes no longer than its length asks for', () => {
  const text = 'word '.repeat(200_000);
  const parts = split(text, [1, 1, 1]);
  assert.is(parts.join(' '), text.trim());
});

test.run();
