import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ErrorCode, VoiceLinguaError } from '../../src/domain/errors.js';
import { EVERY_LANGUAGE, type GlossaryTerm } from '../../src/domain/glossary/glossary.js';
import { type GlossaryFileOptions, parseGlossary } from '../../src/formats/glossary/parse.js';
import { readGlossary } from '../../src/formats/glossary/read-file.js';
import { seededRandom } from '../fixtures/random.js';

const terms = (content: string | Uint8Array, options: Partial<GlossaryFileOptions> = {}): GlossaryTerm[] =>
  parseGlossary(content, { name: 'terms.csv', ...options });

const texts = (content: string, options: Partial<GlossaryFileOptions> = {}) =>
  terms(content, options).map((term) => term.texts);

const name = (text: string): GlossaryTerm => ({ texts: { [EVERY_LANGUAGE]: text }, doNotTranslate: true });

function refused(
  content: string | Uint8Array,
  code: ErrorCode,
  message: RegExp,
  options: Partial<GlossaryFileOptions> = {},
): VoiceLinguaError {
  try {
    terms(content, options);
  } catch (error) {
    assert.instance(error, VoiceLinguaError, String(error));
    const failure = error as VoiceLinguaError;
    assert.is(failure.code, code, failure.message);
    assert.match(failure.message, message);
    assert.is(failure.details.path, options.name ?? 'terms.csv');
    return failure;
  }
  throw new Error(`expected ${code}`);
}

test('reads a table with a column for each language', () => {
  const file = `\ufeff# Our terms
en,de,zh-Hant,case,note,dnt
server,Server,伺服器,,"a machine, not a person",
SAP,SAP,,yes,,no
"the ""cloud""",die Wolke,,,,

# more
VoiceLingua,,,x,,yes
C#,C-Sharp,,,,
`;
  assert.equal(terms(file), [
    { texts: { en: 'server', de: 'Server', 'zh-tw': '伺服器' }, note: 'a machine, not a person' },
    { texts: { en: 'SAP', de: 'SAP' }, caseSensitive: true },
    { texts: { en: 'the "cloud"', de: 'die Wolke' } },
    { ...name('VoiceLingua'), caseSensitive: true },
    { texts: { en: 'C#', de: 'C-Sharp' } },
  ]);
});

test('reads other delimiters and line ends, and bytes as text', () => {
  const expected = [{ en: 'server, big', de: 'Server' }];
  assert.equal(texts('en\tde\r\nserver, big\tServer\r\n'), expected);
  assert.equal(texts('en\tde\nserver, big\tServer', { name: 'terms.tsv' }), expected);
  assert.equal(texts('en;de\n"server, big";Server\n'), expected);
  assert.equal(texts('en, de \n "server, big" , Server \n'.replaceAll(' "', '"').replaceAll('" ', '"')), expected);
  assert.equal(texts('en\tde\n12" disk\t12"-Platte\n', { name: 'terms.tsv' }), [{ en: '12" disk', de: '12"-Platte' }]);
  assert.equal(terms(Buffer.from('\ufeffen,de\nGrüße,x\n'))[0]?.texts, { en: 'Grüße', de: 'x' });
});

test('reads two columns in languages that are given', () => {
  const expected = [{ en: 'server', de: 'Server' }];
  const given = { language: 'EN', to: 'de-DE' };
  assert.equal(texts('server,Server\n', given), expected);
  assert.equal(texts('source,target\nserver,Server\n', given), expected);
  assert.equal(texts('Target,Source,Note\nServer,server,x\n', given), expected);
  assert.equal(texts('en,de\nserver,Server\n', given), expected, 'a header is known by a language that was given');
  assert.equal(texts('is,ist\nno,nein\n', given), [
    { en: 'is', de: 'ist' },
    { en: 'no', de: 'nein' },
  ]);
  const error = refused(
    'source,target\na,b\n',
    'INVALID_ARGUMENT',
    /Name them by language codes \(en,de\), or translate from one/,
  );
  assert.is(error.details.line, undefined);
  refused(
    'server,Rechner am Netz\n',
    'INPUT_CORRUPT',
    /line 1, column "server".*needs one language to translate from.*and one to/,
  );
  assert.throws(
    () => terms('a,b\n', { language: 'english', to: 'de' }),
    (error: VoiceLinguaError) => error.code === 'UNSUPPORTED_LANGUAGE',
  );
});

test('reads a list of names', () => {
  const list = '# names\r\nVoiceLingua\r\n\r\n  Acme, "Inc."  \nZürich';
  const expected = [name('VoiceLingua'), name('Acme, "Inc."'), name('Zürich')];
  assert.equal(terms(list, { name: 'names.txt' }), expected);
  assert.equal(terms(list, { kind: 'names' }), expected);
  assert.equal(
    terms('VoiceLingua\n"Acme, Inc."\n'),
    [name('VoiceLingua'), name('Acme, Inc.')],
    'a table of one column',
  );
});

test('says where a table is wrong, and the way out', () => {
  const cases: ReadonlyArray<readonly [string, RegExp, number | undefined]> = [
    ['en,de\na,b\nserver,\n', /line 3.*"server" has no translation.*dnt/, 3],
    ['en,de,fr\n,b,\n', /line 2.*"b" has no translation/, 2],
    ['en,de,note\n,,why\n', /line 2.*no language has a text/, 2],
    ['en,de\na,b,c\n', /line 2, column 3: the table has 2 columns.*quotes/, 2],
    ['en,de\na,"b\n', /line \d+: Quote/, 2],
    ['en,de\na,b"c"d\n', /line 2.*[Qq]uote/, 2],
    ['en,Deutsch\na,b\n', /line 1, column "Deutsch"/, 1],
    ['en,en-GB\na,b\n', /line 1, column "en-GB": two columns are "en"/, 1],
    ['en,note\na,b\n', /two columns of languages/, 1],
    ['en,de,case\na,b,maybe\n', /line 2, column "case": "maybe" is neither yes nor no/, 2],
    ['en,de,dnt\na,b,yes\n', /line 2.*several texts \("a", "b"\)/, 2],
    ['en,dnt\n,yes\n', /line 2.*no language has a text/, 2],
    [`en,de\n${'x'.repeat(501)},b\n`, /line 2, column "en": a term of 501 characters/, 2],
    ['en,de\na\0,b\n', /line 2, column "en": it holds a control character/, 2],
  ];
  for (const [file, message, line] of cases) {
    assert.is(refused(file, 'INPUT_CORRUPT', message).details.line, line, file);
  }
});

test('refuses a term that stands twice, and says what is at odds', () => {
  refused(
    'en,de\nserver,Server\nlog,Log\nServer,Server\n',
    'INPUT_CORRUPT',
    /line 4: "Server" stands on line 2 already/,
  );
  refused('en,de,fr\na,b,\na,,c\n', 'INPUT_CORRUPT', /line 3.*Make one line of both/);
  const odd = refused(
    'en,de\nbank,Bank\nbank,Ufer\n',
    'INPUT_CORRUPT',
    /line 3.*"bank" is "Ufer" here and "Bank" on line 2/,
  );
  assert.equal([odd.details.line, odd.details.column], [3, '"de"']);
  refused('en,de,dnt\nAcme,,yes\nacme,Akme,\n', 'INPUT_CORRUPT', /translated on one of the lines 2 and 3/);
  refused('Acme\nother\nACME\n', 'INPUT_CORRUPT', /line 3: "ACME" stands on line 1/, { name: 'names.txt' });
  assert.is(terms('en,de,case\nSAP,SAP,yes\nsap,Saft,\n').length, 2, 'case tells them apart');
  assert.is(
    terms('en,de\ncomputer,Rechner\ncalculator,Rechner\n').length,
    2,
    'two terms may be one in another language',
  );
  refused('en,de\ncomputer,Rechner\ncalculator,Rechner\n', 'INPUT_CORRUPT', /"Rechner" is "calculator" here/, {
    language: 'de',
  });
});

test('refuses what is empty, too large or no text', () => {
  for (const empty of ['', '\n\n', '# nothing\n', 'en,de\n']) refused(empty, 'INPUT_EMPTY', /no terms/);
  refused('', 'INPUT_EMPTY', /no terms/, { name: 'names.txt' });
  refused(Buffer.from('en,de\nGrüße,x\n', 'latin1'), 'INPUT_CORRUPT', /UTF-8/);
  refused(Buffer.alloc(16 * 1024 * 1024 + 1, 'a'), 'INPUT_TOO_LARGE', /16777216 bytes/);
  const many = Array.from({ length: 100_001 }, (_, index) => `name ${index}`).join('\n');
  refused(many, 'INPUT_TOO_LARGE', /100001 terms/, { name: 'names.txt' });
});

test('a damaged table is read or refused, and nothing else', () => {
  const random = seededRandom('glossary damage');
  const file = Buffer.from('en,de,case,dnt\nserver,Server,,\n"a, ""b""",c,yes,\nAcme,,,yes\n# no\nGrüße,x,,\n');
  const outcomes = { read: 0, refused: 0 };
  for (let round = 0; round < 600; round += 1) {
    const damaged = Buffer.from(file);
    for (let count = 1 + random.below(2); count > 0; count -= 1) {
      damaged[random.below(damaged.length)] = random.pick([0, 0x0a, 0x2c, 0x22, 0x09, 0x23, 0x41, random.below(256)]);
    }
    try {
      const options = random.below(2) === 0 ? {} : { language: 'en', to: 'de' };
      assert.ok(terms(damaged, options).length > 0);
      outcomes.read += 1;
    } catch (error) {
      assert.instance(error, VoiceLinguaError, `round ${round}: ${String(error)}`);
      assert.match((error as VoiceLinguaError).code, /^(INPUT_CORRUPT|INVALID_ARGUMENT)$/);
      outcomes.refused += 1;
    }
  }
  assert.ok(outcomes.read > 5 && outcomes.refused > 5, JSON.stringify(outcomes));
});

test('reads files, and says which one cannot be read', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'voicelingua-glossary-'));
  try {
    const file = path.join(folder, 'terms.csv');
    writeFileSync(file, 'en,de\nserver,Server\n');
    assert.equal(await readGlossary(file), [{ texts: { en: 'server', de: 'Server' } }]);
    const codeOf = (given: string) =>
      readGlossary(given).then(
        () => 'none',
        (error: VoiceLinguaError) => `${error.code} ${error.message.includes(given)}`,
      );
    assert.is(await codeOf(path.join(folder, 'none.csv')), 'INPUT_NOT_FOUND true');
    assert.is(await codeOf(path.join(file, 'none.csv')), 'INPUT_NOT_FOUND true');
    assert.is(await codeOf(folder), 'INPUT_IS_DIRECTORY true');
    writeFileSync(file, Buffer.alloc(17 * 1024 * 1024, '\n'));
    assert.is(await codeOf(file), 'INPUT_TOO_LARGE true');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
