import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findProtected } from '../../src/domain/protected-items.js';

function kinds(text: string): string[] {
  return findProtected(text).map(({ kind, text: found }) => `${kind} ${found}`);
}

const FOUND: ReadonlyArray<readonly [string, readonly string[]]> = [
  ['See https://x.org/a_(b). And (https://y.de/z)!', ['url https://x.org/a_(b)', 'url https://y.de/z']],
  ['请访问https://x.org/q查看。', ['url https://x.org/q']],
  ['Auf https://de.wikipedia.org/wiki/Köln, bitte', ['url https://de.wikipedia.org/wiki/Köln']],
  ['www.foo.com/x, example.com.', ['url www.foo.com/x', 'url example.com']],
  ['mailto:a@b.c, tel:+49123', ['url mailto:a@b.c', 'url tel:+49123']],
  ['Write to ann.lee+x@mail.example.org!', ['email ann.lee+x@mail.example.org']],
  [
    '{0} {name} {{ user.name }} { $count } {n, number} {d, date, short}',
    [
      'placeholder {0}',
      'placeholder {name}',
      'placeholder {{ user.name }}',
      'placeholder { $count }',
      'placeholder {n, number}',
      'placeholder {d, date, short}',
    ],
  ],
  [
    `%s, %d, %1$s %(name)s %.2f %5d \${x} %{y} %PATH%`,
    [
      'placeholder %s',
      'placeholder %d',
      'placeholder %1$s',
      'placeholder %(name)s',
      'placeholder %.2f',
      'placeholder %5d',
      `placeholder \${x}`,
      'placeholder %{y}',
      'placeholder %PATH%',
    ],
  ],
  ['<0>here</0>', ['tag <0>', 'tag </0>']],
  ['<b>Hi</b><br/><a href="x>y">z</a>', ['tag <b>', 'tag </b>', 'tag <br/>', 'tag <a href="x>y">', 'tag </a>']],
  ['<!-- a > b -->{\\an8}', ['tag <!-- a > b -->', 'tag {\\an8}']],
  ['Q&amp;A&nbsp;&#39;&#x27;', ['entity &amp;', 'entity &nbsp;', 'entity &#39;', 'entity &#x27;']],
  [
    '</s> <unk> __en__ eng_Latn >>de<< <|endoftext|>',
    ['tag </s>', 'tag <unk>', 'token __en__', 'token eng_Latn', 'token >>de<<', 'token <|endoftext|>'],
  ],
  [
    'C:\\Users\\x\\a.txt /usr/bin/env ./a src/index.ts config.json',
    ['path C:\\Users\\x\\a.txt', 'path /usr/bin/env', 'path ./a', 'path src/index.ts', 'path config.json'],
  ],
  ['hi 😀😀 👨‍👩‍👧 🇩🇪 ❤️ 1️⃣', ['emoji 😀😀', 'emoji 👨‍👩‍👧', 'emoji 🇩🇪', 'emoji ❤️', 'emoji 1️⃣']],
  ['2024-05-03, 3.5.2024 at 12:30', ['date 2024-05-03', 'date 3.5.2024', 'date 12:30']],
  ['v1.2 and 1.2.3-beta', ['version v1.2', 'version 1.2.3-beta']],
  ['5 km, 1.5%, €20, $ 1,000.50', ['measure 5 km', 'measure 1.5%', 'measure €20', 'measure $ 1,000.50']],
  ['RTX4090, COVID-19, 5G', ['code RTX4090', 'code COVID-19', 'code 5G']],
  ['3,000,000 people in 2019, 共300万', ['number 3,000,000', 'number 2019', 'number 300']],
];

for (const [text, expected] of FOUND) {
  test(`what must not change is found: ${text}`, () => {
    assert.equal(kinds(text), expected);
  });
}

test('ordinary text holds nothing of the kind', () => {
  for (const text of [
    'and/or, he/she, 5 men and 12 women',
    '100 % sure? {like this one} [1] (2)',
    'a < b > c, a<b and b>c, x & y; AT&T',
    'Copyright © 2 ™ → etc.',
    'Das ist z.B. gut.Und weiter',
    'ABC, NATO, I',
    '50% der Leute',
  ]) {
    assert.equal(
      kinds(text).filter((found) => !/^measure/.test(found)),
      [],
      text,
    );
  }
});

test('items stand where they say, in order, without overlaps', () => {
  const text = 'a {0} b https://x.org/{id} 😀 5 km';
  let end = 0;
  for (const item of findProtected(text)) {
    assert.is(text.slice(item.start, item.start + item.text.length), item.text);
    assert.ok(item.start >= end);
    end = item.start + item.text.length;
    assert.is(item.class, item.kind === 'measure' ? 'carried' : 'kept');
  }
});

test('texts made against the patterns take time with their length', () => {
  const pieces = ['a', '<a ', '<a "', '<!--', 'http:', 'a.', 'a@', '{', '%', '/a', '1', '1,', '-', 'a/', '&a', '😀'];
  const started = performance.now();
  for (const piece of [...pieces, 'x_', 'A', 'A-', '<|a', '\\\\a\\', '__', 'X1X', ' ', '{a,']) {
    findProtected(piece.repeat(Math.ceil(100_000 / piece.length)));
  }
  // Some 0.1 s; with time by the square it would be minutes.
  assert.ok(performance.now() - started < 10_000);
});

test.run();
