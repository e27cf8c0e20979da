import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MARK_STYLES, type MarkStyleName } from '../../src/domain/mark-style.js';
import { type MissingPolicy, protectText } from '../../src/domain/protected-text.js';
import { seededRandom } from '../fixtures/random.js';

const STYLES = Object.keys(MARK_STYLES) as MarkStyleName[];

const PIECES = [
  'Hello',
  'world',
  ' ',
  ' ',
  '. ',
  ', ',
  '\n',
  '你好',
  '。',
  'привет',
  '{0}',
  '{name}',
  '{{x}}',
  '%s',
  '%1$d',
  `\${y}`,
  '<b>',
  '</b>',
  '<br/>',
  '&amp;',
  'https://x.org/a?b=1',
  'a@b.org',
  '😀',
  '</s>',
  '__en__',
  '<|endoftext|>',
  'X',
  'X1X',
  'x 2 x',
  '1',
  '2',
  '01',
  '３',
  '[1]',
  '__1__',
  '<1>',
  '_',
  '<',
  '>',
  '1,000',
  '\uD800',
  '\u0000',
  '\u202E',
];

function randomText(random: ReturnType<typeof seededRandom>): string {
  return Array.from({ length: random.below(25) }, () => random.pick(PIECES)).join('');
}

test('restoring what was given out gives the text, whatever it is', () => {
  const random = seededRandom('protected-text');
  for (let round = 0; round < 3000; round++) {
    const text = randomText(random);
    const style = random.pick(STYLES);
    for (const policy of ['put-back', 'append', 'report'] as const) {
      const protectedText = protectText(text, { style });
      const restored = protectedText.restore(protectedText.text, policy);
      assert.equal({ ...restored, style }, { text, missing: [], missingTerms: [], invented: [], style });
    }
  }
});

test('the model sees no kept item', () => {
  const random = seededRandom('protected-text');
  const kept = ['{name}', '%(name)s', '<b>', 'https://x.org/a?b=1', 'a@b.org', '😀', '</s>', '__en__', '<|endoftext|>'];
  for (let round = 0; round < 200; round++) {
    const text = Array.from({ length: 10 }, () => random.pick([...kept, 'word', '你好'])).join(' ');
    const marked = protectText(text).text;
    for (const item of kept) assert.not.ok(marked.includes(item), `${item} in ${marked}`);
    assert.is(marked.match(/X[0-9]+X/g)?.length ?? 0, text.split(' ').filter((word) => kept.includes(word)).length);
  }
});

/** Words with placeholders in between, and the marks that stand for them. */
function marksOf(
  count: number,
  style: MarkStyleName,
): { text: string; marked: string[]; protect: ReturnType<typeof protectText> } {
  const text = Array.from({ length: count }, (_, index) => `word {p${index}}`).join(' ');
  const protect = protectText(text, { style });
  return { text, marked: protect.text.split(' ').filter((word) => word !== 'word'), protect };
}

test('placeholders are kept in any order of the marks, and nothing is invented', () => {
  const random = seededRandom('protected-text');
  for (let round = 0; round < 500; round++) {
    const { marked, protect } = marksOf(1 + random.below(8), random.pick(STYLES));
    const order = marked.map((mark) => ({ mark, at: random.next() })).sort((a, b) => a.at - b.at);
    const restored = protect.restore(order.map(({ mark }) => `wort ${mark}`).join(' '));
    assert.equal(restored.missing, []);
    assert.equal(restored.invented, []);
    assert.is(restored.text, order.map(({ mark }) => `wort {p${marked.indexOf(mark)}}`).join(' '));
  }
});

test('no kept item is lost, whatever a model does to the marks', () => {
  const random = seededRandom('protected-text');
  for (let round = 0; round < 1000; round++) {
    const text = randomText(random);
    const protect = protectText(text, { style: random.pick(STYLES) });
    const cut = random.below(protect.text.length + 1);
    const mangled = random.pick([
      '',
      'etwas ganz anderes',
      protect.text.slice(cut),
      protect.text.slice(0, cut),
      protect.text.replaceAll(/[0-9]/g, ''),
      protect.text.toLowerCase(),
      protect.text + protect.text,
      Array.from(protect.text).reverse().join(''),
    ]);
    const kept = protect.items.filter((item) => item.class === 'kept').map((item) => item.text);
    for (const policy of ['put-back', 'append'] as const) {
      let rest = protect.restore(mangled, policy).text;
      for (const item of [...kept].sort((a, b) => b.length - a.length)) {
        assert.ok(rest.includes(item), `${item} is lost from ${JSON.stringify(rest)}`);
        rest = rest.replace(item, '\u0001');
      }
    }
    const { missing, text: left } = protect.restore(mangled, 'report');
    for (const item of protect.items) {
      if (item.class === 'kept') assert.ok(missing.includes(item) || left.includes(item.text), item.text);
    }
  }
});

function translated(text: string, translation: string, policy?: MissingPolicy) {
  const { text: restored, missing, invented } = protectText(text).restore(translation, policy);
  return { text: restored, missing: missing.map((item) => item.text), invented };
}

test('marks stand apart from words while the model has them, and together after', () => {
  const { text, restore } = protectText('<b>Hello</b> world, file{n}s');
  assert.is(text, 'X1X Hello X2X world, file X3X s');
  assert.is(restore('X1X Hallo X2X Welt, Datei X3X en').text, '<b>Hallo</b> Welt, Datei{n}en');
  assert.is(protectText('{name}님, 안녕').text, 'X1X님, 안녕');
  assert.is(protectText('文件{0}不存在').text, '文件X1X不存在');
});

test('a mark never has a number of the text', () => {
  assert.is(protectText('Page 1 of 2: {title}').text, 'Page 1 of 2: X3X');
  assert.equal(translated('Page 1 of {n}', 'Seite X1X von X2X'), {
    text: 'Seite X1X von {n}',
    missing: [],
    invented: [],
  });
});

test('what models make of a mark is understood', () => {
  for (const mark of ['x1x', 'X 1 X', 'Х1Х', 'X1', '1X', 'Ｘ１Ｘ', '×1×']) {
    assert.equal(translated('Open {file} now', `Öffne ${mark} jetzt`).text, 'Öffne {file} jetzt', mark);
  }
  const brackets = protectText('Open {file} now', { style: 'brackets' });
  for (const mark of ['[ 1 ]', '［1］', '【1】', '(1)']) assert.is(brackets.restore(`打开${mark}`).text, '打开{file}');
  // A number by itself may be one of the sentence's own.
  assert.equal(translated('Open {file} now', '1 xylophone').missing, ['{file}']);
});

test('lost items are put back at their place between words, in order', () => {
  assert.equal(translated('See {url} for {n} files.', 'Siehe für Dateien.'), {
    text: 'Siehe {url} für {n} Dateien.',
    missing: ['{url}', '{n}'],
    invented: [],
  });
  assert.is(
    translated('<b>Hello</b> brave new world', 'Hallo schöne neue Welt.').text,
    '<b>Hallo</b> schöne neue Welt.',
  );
  assert.is(translated('Your name is {name}.', 'Dein Name ist.').text, 'Dein Name ist {name}.');
  assert.is(translated('你的名字是{name}。', '名前は。').text, '名前は{name}。');
  assert.is(translated('{a} and {b}', '').text, '{a} {b}');
  assert.is(translated('See {url} for {n} files.', 'Siehe Dateien.', 'append').text, 'Siehe Dateien. {url} {n}');
  assert.is(translated('See {url} for {n} files.', 'Siehe Dateien.', 'report').text, 'Siehe Dateien.');
});

test('tags that a model turned round are nested again, and others stay where it put them', () => {
  assert.is(translated('<b>Hello</b> world', 'Welt X2X hallo X1X').text, 'Welt <b>hallo</b>');
  assert.is(translated('<b>a</b> or <i>c</i>', 'X3X c X4X oder X1X a X2X').text, '<i>c</i> oder <b>a</b>');
  assert.is(translated('<b>Hello</b> world', 'Hallo X1X Welt').text, 'Hallo<b></b> Welt');
});

test('marks that nobody set and second copies go, foreign placeholders are told', () => {
  assert.equal(translated('Good 😀', 'Gut X1X X1X X7X {neu}'), {
    text: 'Gut 😀 {neu}',
    missing: [],
    invented: ['X1X', 'X7X', '{neu}'],
  });
});

test('digits are looked for in any form that languages write', () => {
  const carried: ReadonlyArray<readonly [string, string, readonly string[]]> = [
    ['1,000.5 km on 2024-05-03', '1.000,5 km am 3.5.2024', []],
    ['3,000,000 people', '300万人', []],
    ['3,000,000 people', '3 Millionen Menschen', []],
    ['649 million and £125 million', '6億4900万と1億2,500万ポンド', []],
    ['649 million people', '6億4800万人', ['649']],
    ['at 09:30, version 1.2.3', 'um 9.30 Uhr, Version 1.2.3', []],
    ['on 3/5/24', 'am 3. 5. 2024', []],
    ['COVID-19 in 2019', '２０１９年のCOVID-19', []],
    ['It costs $250.', 'Das kostet 205 Dollar.', ['$250']],
    ['version 1.2.3', 'Version 1.2', ['1.2.3']],
    ['in 2019', 'im Jahr', ['2019']],
  ];
  for (const [text, translation, missing] of carried) {
    assert.equal(translated(text, translation), { text: translation, missing, invented: [] });
  }
});

test('a text of many items takes time with its length', () => {
  const started = performance.now();
  const protect = protectText('word{n}word <b>x</b> '.repeat(20_000));
  assert.is(protect.restore(protect.text).missing.length, 0);
  const lost = protect.restore('word '.repeat(20_000));
  assert.is(lost.missing.length, 60_000);
  // Some 0.5 s; with time by the square it would be minutes.
  assert.ok(performance.now() - started < 20_000);
});

test.run();
