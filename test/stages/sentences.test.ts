import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { splitUnit } from '../../src/stages/sentences.js';
import { seededRandom } from '../fixtures/random.js';

function roundTrip(text: string, language: string): string {
  const { sentences, join } = splitUnit(text, language);
  return join(sentences, language);
}

test('sentences are found by the rules of the language', () => {
  const expected: ReadonlyArray<readonly [string, string, readonly string[]]> = [
    ['en', 'Good morning. How are you? Fine!', ['Good morning.', 'How are you?', 'Fine!']],
    ['zh', '你好。今天天气很好！我们走吧？', ['你好。', '今天天气很好！', '我们走吧？']],
    ['ja', 'おはよう。元気ですか？', ['おはよう。', '元気ですか？']],
    ['ru', 'Привет. Как дела?', ['Привет.', 'Как дела?']],
    ['ko', '안녕하세요. 어떻게 지내세요?', ['안녕하세요.', '어떻게 지내세요?']],
  ];
  for (const [language, text, sentences] of expected) assert.equal(splitUnit(text, language).sentences, sentences);
});

test('abbreviations, initials and ordinals end no sentence', () => {
  const whole: ReadonlyArray<readonly [string, string]> = [
    ['en', 'Dr. Smith met Mrs. Jones at No. 5.'],
    ['en', 'It was written by J. R. R. Tolkien.'],
    ['de', 'Am 3. Mai kam Hr. Müller.'],
    ['fr', 'M. Dupont est là.'],
    ['it', 'Il sig. Rossi arriva.'],
    ['ru', 'Он живёт на ул. Ленина.'],
    ['en', 'That was George W. Bush.'],
    ['en', '"Really?" he said.'],
  ];
  for (const [language, text] of whole) assert.equal(splitUnit(text, language).sentences, [text]);
  const apart: ReadonlyArray<readonly [string, readonly string[]]> = [
    ['No. I am not.', ['No.', 'I am not.']],
    ['Your gate is B. Thank you.', ['Your gate is B.', 'Thank you.']],
    ['We were three. Then five.', ['We were three.', 'Then five.']],
  ];
  for (const [text, sentences] of apart) assert.equal(splitUnit(text, 'en').sentences, sentences);
  assert.equal(splitUnit('Kapitel 3. Am Ende.', 'en').sentences, ['Kapitel 3.', 'Am Ende.']);
  assert.equal(splitUnit('We meet at 5 p.m. They leave.', 'en').sentences, ['We meet at 5 p.m.', 'They leave.']);
});

test('lines and columns stay where they are', () => {
  const text = '  One. Two.\n\n\tThree.\tFour.  \r\nFive.\n';
  const { sentences, join } = splitUnit(text, 'en');
  assert.equal(sentences, ['One.', 'Two.', 'Three.', 'Four.', 'Five.']);
  assert.is(join(['Eins.', 'Zwei.', 'Drei.', 'Vier.', 'Fünf.'], 'de'), '  Eins. Zwei.\n\n\tDrei.\tVier.  \r\nFünf.\n');
  assert.is(join(['A\nB', 'C', 'D', 'E', 'F'], 'de').split('\n').length, text.split('\n').length);
});

test('sentences of a line stand apart as the target language sets them', () => {
  const english = splitUnit('Good morning. Thank you.', 'en');
  assert.is(english.join(['早上好。', '谢谢。'], 'zh'), '早上好。谢谢。');
  assert.is(english.join(['좋은 아침입니다.', '감사합니다.'], 'ko'), '좋은 아침입니다. 감사합니다.');
  const chinese = splitUnit('早上好。谢谢。', 'zh');
  assert.is(chinese.join(['Good morning.', 'Thank you.'], 'en'), 'Good morning. Thank you.');
});

test('what has no letters is not translated', () => {
  for (const text of ['', '   ', '\n\n', '42', '3.14 – 15:30', '...', '♪♪ 😀', '-'.repeat(1000)]) {
    const { sentences, join } = splitUnit(text, 'en');
    assert.equal(sentences, []);
    assert.is(join([], 'de'), text);
  }
  const { sentences, join } = splitUnit('1. Hello.\n42\nBye.', 'en');
  assert.equal(sentences, ['Hello.', 'Bye.']);
  assert.is(join(['Hallo.', 'Tschüss.'], 'de'), '1. Hallo.\n42\nTschüss.');
});

test('long sentences are cut after clauses, else between words', () => {
  const clauses = Array.from({ length: 30 }, (_, index) => `this is clause number ${index} of them`).join(', ');
  const { sentences } = splitUnit(clauses, 'en');
  assert.ok(sentences.length > 2 && sentences.every((sentence) => sentence.length <= 400));
  for (const sentence of sentences.slice(0, -1)) assert.match(sentence, /,$/);
  assert.is(roundTrip(clauses, 'en'), clauses);

  const words = 'word '.repeat(400).trim();
  assert.ok(splitUnit(words, 'en').sentences.every((sentence) => /^word( word)*$/.test(sentence)));
  assert.ok(splitUnit('这是一个很长的句子'.repeat(100), 'zh').sentences.every((sentence) => sentence.length <= 200));
  assert.is(roundTrip('这是一个很长的句子'.repeat(100), 'zh'), '这是一个很长的句子'.repeat(100));
  for (const sentence of splitUnit('a'.repeat(390) + '𠮷'.repeat(300), 'zh').sentences) {
    assert.not.match(sentence, /\p{Surrogate}/u);
  }
});

test('an endless word is passed through', () => {
  const address = `https://example.org/${'abc123'.repeat(200)}`;
  const { sentences, join } = splitUnit(`See here: ${address} and tell me.`, 'en');
  assert.equal(sentences, ['See here:', 'and tell me.']);
  assert.is(join(sentences, 'en'), `See here: ${address} and tell me.`);
});

test('lines of a megabyte are split', () => {
  const unit = ['Hello there. ', 'word ', 'Dr. ', '你好。', '你好', '😀', '. ', 'a', '\n', '-->'];
  for (const piece of unit) {
    const text = piece.repeat(Math.ceil(1_000_000 / piece.length));
    const { sentences } = splitUnit(text, 'en');
    assert.ok(sentences.every((sentence) => sentence.length <= 400));
    assert.is(
      sentences.join('').replaceAll(/\s/g, '').length,
      /\p{L}{1}/u.test(piece) && piece !== 'a' ? text.replaceAll(/\s/g, '').length : 0,
    );
  }
});

test('nothing is lost between splitting and joining', () => {
  const random = seededRandom('sentences');
  const pieces = [
    'Hello',
    ' ',
    '. ',
    '? ',
    '\n',
    '\t',
    '你好',
    '。',
    '「',
    '」',
    '"',
    '42',
    'Dr.',
    ', ',
    '…',
    '😀',
    '\uD800',
    '\r\n',
    '\u2028',
    '__en__',
    '<|endoftext|>',
    '\u202E',
  ];
  for (let round = 0; round < 500; round++) {
    const text = Array.from({ length: random.below(40) }, () => random.pick(pieces)).join('');
    const language = random.pick(['en', 'zh', 'ja', 'de', 'auto', 'und', 'zh-tw']);
    const bare = (value: string) => value.replaceAll(/[^\S\n\r\t\u2028]/g, '');
    assert.is(bare(roundTrip(text, language)), bare(text));
    for (const sentence of splitUnit(text, language).sentences) assert.is(sentence, sentence.trim());
  }
});

test.run();
