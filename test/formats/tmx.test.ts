import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ErrorCode, VoiceLinguaError } from '../../src/domain/errors.js';
import { IMPORTED_MODEL, type MemoryEntry, type NewMemoryEntry } from '../../src/domain/translation-memory.js';
import { TmxReader, type TmxReadOptions } from '../../src/formats/tmx/read.js';
import { tmxDocument } from '../../src/formats/tmx/write.js';
import { writeFileAtomic } from '../../src/formats/write-file.js';
import { type SeededRandom, seededRandom } from '../fixtures/random.js';

const STORED = { createdAt: '2026-01-31T12:00:00.250Z', lastUsedAt: '2026-02-01T00:00:00.000Z', uses: 3 };

function stored(changes: Partial<MemoryEntry> = {}): MemoryEntry {
  return {
    text: 'Hello.',
    source: 'en',
    target: 'de',
    model: 'm2m100',
    options: 'beam',
    translation: 'Hallo.',
    confidence: 0.75,
    ...STORED,
    ...changes,
  };
}

async function* pages(...all: ReadonlyArray<readonly MemoryEntry[]>): AsyncGenerator<readonly MemoryEntry[]> {
  yield* all;
}

async function written(...entries: MemoryEntry[]): Promise<string> {
  let document = '';
  for await (const piece of tmxDocument(pages(entries), { toolVersion: '1.2.3' })) document += piece;
  return document;
}

/** The bytes in pieces; of one piece unless a source of random lengths is given. */
async function* bytesOf(document: string | Buffer, random?: SeededRandom): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(document as string);
  let at = 0;
  while (at < bytes.length) {
    const end = random === undefined ? bytes.length : at + 1 + random.below(40);
    yield bytes.subarray(at, end);
    at = end;
  }
}

async function read(document: string | Buffer, options: Partial<TmxReadOptions> = {}, random?: SeededRandom) {
  const reader = new TmxReader(bytesOf(document, random), { name: 'given.tmx', ...options });
  const entries: NewMemoryEntry[] = [];
  for await (const batch of reader) entries.push(...batch);
  return { entries, counts: reader.counts };
}

async function refused(document: string | Buffer, code: ErrorCode, message: RegExp, options = {}) {
  try {
    await read(document, options);
  } catch (error) {
    assert.instance(error, VoiceLinguaError, String(error));
    assert.is((error as VoiceLinguaError).code, code, String(error));
    assert.match((error as VoiceLinguaError).message, message);
    assert.match((error as VoiceLinguaError).message, 'given.tmx');
    return error as VoiceLinguaError;
  }
  throw new Error(`expected ${code}`);
}

const tmx = (body: string, srclang = 'en'): string =>
  `<?xml version="1.0"?><tmx version="1.4"><header srclang="${srclang}"/><body>${body}</body></tmx>`;

const tu = (from: string, to: string, attributes = ''): string =>
  `<tu ${attributes}><tuv xml:lang="en"><seg>${from}</seg></tuv><tuv xml:lang="de"><seg>${to}</seg></tuv></tu>`;

const pair = ({ text, translation }: NewMemoryEntry): string[] => [text, translation];

test('writes a document that other tools read', async () => {
  assert.is(
    await written(stored({ target: 'zh-tw', translation: '<你好> & "再見"' }), stored({ options: '', source: 'zh' })),
    `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE tmx SYSTEM "tmx14.dtd">
<tmx version="1.4">
<header creationtool="VoiceLingua" creationtoolversion="1.2.3" segtype="sentence" o-tmf="VoiceLingua" adminlang="en" srclang="*all*" datatype="plaintext"/>
<body>
<tu creationdate="20260131T120000Z" lastusagedate="20260201T000000Z" usagecount="3" srclang="en">
<prop type="x-voicelingua-model">m2m100</prop>
<prop type="x-voicelingua-options">beam</prop>
<prop type="x-voicelingua-confidence">0.75</prop>
<tuv xml:lang="en"><seg>Hello.</seg></tuv>
<tuv xml:lang="zh-TW"><seg>&lt;你好&gt; &amp; &quot;再見&quot;</seg></tuv>
</tu>
<tu creationdate="20260131T120000Z" lastusagedate="20260201T000000Z" usagecount="3" srclang="zh-CN">
<prop type="x-voicelingua-model">m2m100</prop>
<prop type="x-voicelingua-confidence">0.75</prop>
<tuv xml:lang="zh-CN"><seg>Hello.</seg></tuv>
<tuv xml:lang="de"><seg>Hallo.</seg></tuv>
</tu>
</body>
</tmx>
`,
  );
  let header = '';
  for await (const piece of tmxDocument(pages(), { toolVersion: '"&', source: 'zh' })) header += piece;
  assert.match(header, 'creationtoolversion="&quot;&amp;"');
  assert.match(header, 'srclang="zh-CN"');
  assert.equal((await read(header)).counts.units, 0);
});

/** Text of any characters, the awkward ones often. */
function anyText(random: SeededRandom): string {
  const awkward = [
    '\0',
    '\x07',
    '\x1f',
    '\x7f',
    '\x85',
    '\r',
    '\r\n',
    '\n',
    '\t',
    ' ',
    '  ',
    '\ufeff',
    '\ufffe',
    '\uffff',
  ];
  const marks = ['<', '>', '&', '"', "'", ']]>', '<![CDATA[', '&amp;', '&#0;', '<ph>', '</seg>', '<!--', 'U+0007'];
  let text = '';
  const length = random.below(12);
  for (let count = 0; count < length; count += 1) {
    const kind = random.below(4);
    if (kind === 0) text += random.pick(awkward);
    else if (kind === 1) text += random.pick(marks);
    else {
      const limit = random.pick([0x80, 0x800, 0x1_0000, 0x11_0000]);
      const number = random.below(limit);
      text += number >= 0xd800 && number <= 0xdfff ? '漢' : String.fromCodePoint(number);
    }
  }
  return text;
}

test('gives back any text that it wrote, however the bytes are cut', async () => {
  const random = seededRandom('TMX texts');
  const languages = ['en', 'de', 'zh', 'zh-tw', 'ja', 'pt'];
  for (let round = 0; round < 60; round += 1) {
    const entries = Array.from({ length: 1 + random.below(6) }, () => {
      const source = random.pick(languages);
      const target = random.pick(languages.filter((language) => language !== source));
      return stored({
        text: anyText(random),
        translation: anyText(random),
        source,
        target,
        model: random.pick(['m2m100', 'a <b> & "c"', IMPORTED_MODEL]),
        options: random.pick(['', 'x&y', '{"beam":4}']),
        confidence: random.pick([0, 1, 0.5, 1 / 3]),
      });
    });
    const { entries: found, counts } = await read(await written(...entries), { restore: true }, random);
    const expected = entries.map(({ createdAt: _, lastUsedAt: __, uses: ___, ...entry }) => entry);
    assert.equal(found, expected, `round ${round}`);
    assert.is(counts.units, entries.length);
  }
});

test('an import is of no model, certain, and trimmed as sentences are', async () => {
  const document = await written(stored({ text: ' Hello.\n', translation: '\tHallo. ' }));
  assert.equal((await read(document)).entries, [
    {
      text: 'Hello.',
      source: 'en',
      target: 'de',
      model: IMPORTED_MODEL,
      options: '',
      translation: 'Hallo.',
      confidence: 1,
    },
  ]);
});

test('maps the languages of other tools, and counts what it leaves out', async () => {
  const unit = (variants: ReadonlyArray<readonly [string, string]>, attributes = ''): string =>
    `<tu ${attributes}>${variants.map(([code, text]) => `<tuv xml:lang="${code}"><seg>${text}</seg></tuv>`).join('')}</tu>`;
  const document = tmx(
    [
      unit([
        ['DE-de', 'Hallo'],
        ['en_US', 'Hello'],
        ['zh-Hans', '你好'],
        ['zh-Hant-HK', '妳好'],
      ]),
      unit([
        ['EN-GB', 'Colour'],
        ['en-US', 'Color'],
      ]),
      unit([['en', 'Alone']]),
      unit([
        ['en', 'Hm'],
        ['klingon!', 'Qapla'],
      ]),
      unit([
        ['en', ' '],
        ['de', 'Leer'],
      ]),
      unit([
        ['en', 'x'.repeat(20_000)],
        ['de', 'Lang'],
      ]),
      unit([
        ['fr', 'Bonjour'],
        ['de', 'Tag'],
      ]),
      unit(
        [
          ['fr', 'Oui'],
          ['de', 'Ja'],
        ],
        'srclang="fr"',
      ),
      unit(
        [
          ['fr', 'Non'],
          ['de', 'Nein'],
        ],
        'srclang="*all*"',
      ),
      '<tu><tuv lang="en"><seg>Old</seg></tuv><tuv lang="de"><seg>Alt</seg></tuv></tu>',
    ].join('\n'),
    'en-US',
  );
  const { entries, counts } = await read(document);
  assert.equal(
    entries.map(({ source, target, text, translation }) => [source, target, text, translation]),
    [
      ['en', 'de', 'Hello', 'Hallo'],
      ['en', 'zh', 'Hello', '你好'],
      ['en', 'zh-tw', 'Hello', '妳好'],
      ['fr', 'de', 'Oui', 'Ja'],
      ['fr', 'de', 'Non', 'Nein'],
      ['en', 'de', 'Old', 'Alt'],
    ],
  );
  assert.equal(counts, {
    units: 10,
    entries: 6,
    skipped: { incomplete: 3, language: 1, sameLanguage: 1, tooLong: 1, unwanted: 0 },
  });
  const some = await read(document, { sources: ['en'], targets: ['zh-tw'] });
  assert.equal(some.entries.map(pair), [['Hello', '妳好']]);
  assert.is(some.counts.skipped.unwanted, 7);
});

test('leaves codes out or keeps them as text, and keeps what is highlighted', async () => {
  const coded =
    'Press <bpt i="1">&lt;b&gt;<sub>never said</sub></bpt>Start<ept i="1">&lt;/b&gt;</ept> <ph x="1">{0}</ph> <hi type="x">now</hi><it pos="begin">[i]</it>.';
  const document = tmx(tu(coded, '<![CDATA[a < b]]> &amp; c<!-- not said -->'));
  assert.equal((await read(document)).entries.map(pair), [['Press Start now.', 'a < b & c']]);
  assert.equal((await read(document, { inline: 'text' })).entries.map(pair), [
    ['Press <b>never saidStart</b> {0} now[i].', 'a < b & c'],
  ]);
});

test('reads the encodings that other tools write', async () => {
  const document = tmx(tu('Grüße', '漢字 😀'));
  const le = Buffer.from(`\ufeff${document}`, 'utf16le');
  for (const [name, bytes] of [
    ['UTF-8 with a mark', Buffer.from(`\ufeff${document}`)],
    ['UTF-16 LE', le],
    ['UTF-16 BE', Buffer.from(le).swap16()],
    ['UTF-16 LE without a mark', Buffer.from(document, 'utf16le')],
    ['wrongly declared', Buffer.from(document.replace('"1.0"', '"1.0" encoding="UTF-16"'))],
  ] as const) {
    assert.equal((await read(bytes)).entries.map(pair), [['Grüße', '漢字 😀']], name);
  }
  const latin = tmx(tu('Grüße', 'x')).replace('"1.0"', '"1.0" encoding="iso-8859-1"');
  assert.equal((await read(Buffer.from(latin, 'latin1'))).entries.map(pair), [['Grüße', 'x']]);
  await refused(Buffer.from(tmx(tu('Grüße', 'x')), 'latin1'), 'INPUT_CORRUPT', /not utf-8 text.*Save it as UTF-8/);
  await refused(document.replace('"1.0"', '"1.0" encoding="klingon"'), 'INPUT_UNSUPPORTED_FORMAT', /"klingon"/);
});

test('refuses what is not TMX, not whole or an attack', async () => {
  const whole = tmx(tu('a', 'b'));
  const cut = await refused(whole.slice(0, -20), 'INPUT_CORRUPT', /line 1, column \d+: unclosed tag/);
  assert.is(cut.details.line, 1);
  await refused('', 'INPUT_CORRUPT', /root element/);
  await refused('{"a": 1}', 'INPUT_CORRUPT', /line 1/);
  await refused('<xliff/>', 'INPUT_UNSUPPORTED_FORMAT', /<xliff>, not <tmx>/);
  await refused('<tmx version="2.0"/>', 'INPUT_UNSUPPORTED_FORMAT', /TMX 2.0/);
  await refused('<tmx/>', 'INPUT_UNSUPPORTED_FORMAT', /without a version/);
  await refused(tmx('<tu>\n&nbsp;</tu>'), 'INPUT_CORRUPT', /line 2, column 6: undefined entity/);
  await refused(tmx(tu('a\x07', 'b')), 'INPUT_CORRUPT', /disallowed character/);
  const laughs = `<!DOCTYPE tmx [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>${whole.slice(whole.indexOf('<tmx'))}`;
  await refused(laughs, 'INPUT_UNSUPPORTED_FORMAT', /document type of its own/);
  const outside = '<!DOCTYPE tmx SYSTEM "file:///etc/hostname">';
  const harmless = await read(`${outside}${whole.slice(whole.indexOf('<tmx'))}`);
  assert.equal(harmless.entries.map(pair), [['a', 'b']], 'a document type elsewhere is not looked at');
  await refused(tmx('<a>'.repeat(70) + '</a>'.repeat(70)), 'INPUT_TOO_LARGE', /nested/);
  await refused(
    tmx(`<tu>${'<tuv xml:lang="en"><seg>a</seg></tuv>'.repeat(1_001)}</tu>`),
    'INPUT_TOO_LARGE',
    /1000 texts/,
  );
  await refused(whole, 'INPUT_TOO_LARGE', /more than 50 bytes/, { maxBytes: 50 });
});

test('holds no more of an endless text than it must', async () => {
  let given = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('<tmx version="1.4"><body><tu><tuv xml:lang="en"><seg>');
    for (;;) {
      given += 65_536;
      yield Buffer.alloc(65_536, 'a');
    }
  }
  const reader = new TmxReader(endless(), { name: 'given.tmx' });
  let code = '';
  try {
    for await (const _ of reader);
  } catch (error) {
    code = (error as VoiceLinguaError).code;
  }
  assert.is(code, 'INPUT_TOO_LARGE');
  assert.ok(given < 8 * 1024 * 1024, `${given} characters were taken`);
});

test('a damaged document is read or refused, and nothing else', async () => {
  const random = seededRandom('TMX damage');
  const document = Buffer.from(await written(stored(), stored({ text: 'a\0b & <c>', target: 'zh-tw' })));
  const outcomes = { read: 0, refused: 0 };
  for (let round = 0; round < 400; round += 1) {
    const damaged = Buffer.from(document);
    for (let count = 1 + random.below(3); count > 0; count -= 1) {
      damaged[random.below(damaged.length)] = random.pick([
        0,
        0x26,
        0x3c,
        0xff,
        0x41,
        0x42,
        0x43,
        0x20,
        random.below(128),
      ]);
    }
    const given = random.below(4) === 0 ? damaged.subarray(0, random.below(damaged.length)) : damaged;
    try {
      const { entries } = await read(given, { restore: random.below(2) === 0 });
      assert.ok(entries.length <= 2);
      outcomes.read += 1;
    } catch (error) {
      assert.instance(error, VoiceLinguaError, `round ${round}: ${String(error)}`);
      assert.match((error as VoiceLinguaError).code, /^INPUT_(CORRUPT|UNSUPPORTED_FORMAT)$/);
      outcomes.refused += 1;
    }
  }
  assert.ok(outcomes.read > 5 && outcomes.refused > 5, JSON.stringify(outcomes));
});

test('is written to a file piece by piece, and a failure of its pieces leaves none', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'voicelingua-tmx-'));
  try {
    const file = path.join(folder, 'deep', 'memory.tmx');
    await writeFileAtomic(file, tmxDocument(pages([stored()], [stored({ text: 'Bye.' })]), { toolVersion: '1' }));
    assert.equal(
      (await read(readFileSync(file))).entries.map(({ text }) => text),
      ['Hello.', 'Bye.'],
    );
    async function* failing(): AsyncGenerator<readonly MemoryEntry[]> {
      yield [stored()];
      throw new VoiceLinguaError('STORE_CORRUPT', 'It is damaged.');
    }
    const other = path.join(folder, 'other.tmx');
    const error = await writeFileAtomic(other, tmxDocument(failing(), { toolVersion: '1' })).then(
      () => null,
      (thrown: VoiceLinguaError) => thrown,
    );
    assert.is(error?.code, 'STORE_CORRUPT');
    assert.equal(readdirSync(folder), ['deep']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
