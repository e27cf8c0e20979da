import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { protectText } from '../../../src/domain/protected-text.js';
import type { ReadDocument } from '../../../src/formats/documents/document.js';
import { htmlDocument } from '../../../src/formats/documents/html.js';
import { seededRandom } from '../../fixtures/random.js';

function texts(document: ReadDocument): string[] {
  return document.units.map((unit) => unit.text);
}

/** The page with each unit's text changed. */
function changed(document: ReadDocument, change: (text: string) => string): string {
  return document.write(new Map(document.units.map(({ id, text }) => [id, change(text)])));
}

/** A page, its units, and the page with each word of them in capitals. */
const PAGES: ReadonlyArray<readonly [string, readonly string[], string]> = [
  [
    '<p>Hello <b>big</b> world &amp; Q&lt;A.</p>\r\n\t<ul><li>one</li> <li> two </li></ul>\r\n',
    ['Hello <1>big</1> world & Q<A.', 'one', 'two'],
    '<p>HELLO <b>BIG</b> WORLD &amp; Q&lt;A.</p>\r\n\t<ul><li>ONE</li> <li> TWO </li></ul>\r\n',
  ],
  [
    '<p><a href="/x"><b>All of it</b></a> <i></i><br>next line<img src=x></p>',
    ['All of it', 'next line'],
    '<p><a href="/x"><b>ALL OF IT</b></a> <i></i><br>NEXT LINE<img src=x></p>',
  ],
  [
    '<p>Run <code>npm i</code> in <span translate="no">Acme <b>Shell</b></span> now<!-- why --> please.</p>',
    ['Run <1/> in <2/> now<3/> please.'],
    '<p>RUN <code>npm i</code> IN <span translate="no">Acme <b>Shell</b></span> NOW<!-- why --> PLEASE.</p>',
  ],
  [
    '<!doctype html><html><head><title>A &amp; b</title><meta name="description" content=words><style>p{color:red}</style><script>var a = "<p>x</p>";</script></head><body class=x><p>c</body></html>',
    ['A & b', 'words', 'c'],
    '<!doctype html><html><head><title>A &amp; B</title><meta name="description" content="WORDS"><style>p{color:red}</style><script>var a = "<p>x</p>";</script></head><body class=x><p>C</body></html>',
  ],
  [
    `<p>See <img alt='a "pic"' src="p.png"> and <a title="some &quot;tip&quot;" href=#>this</a> end</p><input placeholder=name value=kept><input type=submit value=Send>`,
    ['See <1/> and <2>this</2> end', 'a "pic"', 'some "tip"', 'name', 'Send'],
    `<p>SEE <img alt='A "PIC"' src="p.png"> AND <a title="SOME &quot;TIP&quot;" href=#>THIS</a> END</p><input placeholder="NAME" value=kept><input type=submit value="SEND">`,
  ],
  [
    '<div translate="no">no <p translate="yes">yes</p> no</div><p class="notranslate">no</p><pre>a\n  b</pre><textarea>x</textarea>',
    ['yes', 'a\n  b'],
    '<div translate="no">no <p translate="yes">YES</p> no</div><p class="notranslate">no</p><pre>A\n  B</pre><textarea>x</textarea>',
  ],
  [
    '<table>wrong<tr><td>cell</td></tr></table>a</foo>b <b><i>x</b>y</i>',
    ['wrong', 'cell', 'a<1/>b <2><3/>x</2>y'],
    '<table>WRONG<tr><td>CELL</td></tr></table>A</foo>B <b><i>X</b>Y</i>',
  ],
  ['<p>5 &lt;1&gt; <b>x</b> y</p>', ['5 <1> <2>x</2> y'], '<p>5 &lt;1&gt; <b>X</b> Y</p>'],
  ['<td>cell</td><td>next</td>', ['cell', 'next'], '<td>CELL</td><td>NEXT</td>'],
  ['just\n  words &copy;&nbsp;me', ['just words ©\u00a0me'], 'JUST WORDS ©&nbsp;ME'],
  ['', [], ''],
];

for (const [page, units, capitals] of PAGES) {
  test(`a page and its texts: ${page.slice(0, 60)}`, async () => {
    const document = await htmlDocument.read(page);
    assert.equal(texts(document), units);
    assert.equal(
      document.units.map(({ id }) => id),
      units.map((_, index) => String(index + 1)),
    );
    assert.is(
      changed(document, (text) => text),
      page,
    );
    assert.is(document.write(new Map()), page);
    assert.is(
      changed(document, (text) => text.toUpperCase()),
      capitals,
    );
  });
}

test('a translation adds no tags, moves those it has, and loses none', async () => {
  const document = await htmlDocument.read('<p>Say <b>one</b> or <i>two</i><!-- c --> here</p>');
  const write = (text: string): string => document.write(new Map([['1', text]]));
  assert.equal(texts(document), ['Say <1>one</1> or <2>two</2><3/> here']);
  assert.is(write('<2>zwei</2> <3/>oder <1>eins</1>'), '<p><i>zwei</i> <!-- c -->oder <b>eins</b></p>');
  assert.is(
    write('<script>a</script> & <1>b</1> <9/>'),
    '<p>&lt;script&gt;a&lt;/script&gt; &amp; <b>b</b> &lt;9/&gt;<i></i><!-- c --></p>',
  );
  assert.is(write('<1>a</1><1>b</1>'), '<p><b>a</b>&lt;1&gt;b&lt;/1&gt;<i></i><!-- c --></p>');
});

test('the marks of tags are kept by whatever protects a text', async () => {
  const [unit] = (await htmlDocument.read('<p>Say <b>one</b> or <code>two</code> here</p>')).units;
  const { text, restore } = protectText(unit?.text ?? '');
  assert.is(text, 'Say X1X one X2X or X3X here');
  assert.is(restore('Sag X1X eins X2X oder X3X hier').text, 'Sag <1>eins</1> oder <2/> hier');
});

test('any page comes back as it was, and a translated one has the same tags', async () => {
  const random = seededRandom('html');
  const pieces = [
    '<p>',
    '</p>',
    '<b>',
    '</b>',
    '<i>',
    '</i>',
    '<div>',
    '</div>',
    '<br>',
    '<a href="x">',
    '</a>',
    '<td>',
    '<table>',
    '</table>',
  ];
  const more = [
    '<!-- c -->',
    '<code>',
    '</code>',
    '<li>',
    'word',
    'more',
    ' ',
    '\n',
    '\r\n',
    '&amp;',
    '&lt;b&gt;',
    '你好',
    '1',
    ' < ',
    '<pre>',
    '</pre>',
  ];
  for (let round = 0; round < 1500; round++) {
    const body = Array.from({ length: random.below(30) }, () => random.pick([...pieces, ...more])).join('');
    const page = random.pick(['', '<!doctype html>', '<html><body>', '\ufeff']) + body;
    const document = await htmlDocument.read(page);
    assert.is(
      changed(document, (text) => text),
      page,
    );
    const out = changed(document, (text) => text.replace(/\p{L}+/gu, (word) => `Ü${word}&`));
    const tags = (html: string): readonly string[] => html.match(/<[!/a-z][^<>]*>/g) ?? [];
    assert.equal(tags(out), tags(page), page);
  }
});

test('a megabyte of paragraphs takes time with its length', async () => {
  const started = performance.now();
  const document = await htmlDocument.read('<p>Some <b>words</b> and <img alt="pic" src=x> one</p>\n'.repeat(20_000));
  assert.is(document.units.length, 40_000);
  changed(document, (text) => `${text}!`);
  // Some 2 s; with time by the square it would be minutes.
  assert.ok(performance.now() - started < 30_000);
});

test.run();
