import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { VoiceLingua } from '../../src/index.js';
import { openVoiceLingua, VoiceLinguaError } from '../../src/index.js';
import { openSqliteStore } from '../../src/store/sqlite/open.js';
import { type Ended, startCli } from './cli-process.js';
import { cli, inFolder, RecordingLingua, records, Sink } from './support.js';

/** The whole command line in a process of its own, with a store in `cwd`; no engine is needed for what is asked here. */
const voicelingua = (cwd: string, argv: readonly string[], stdin: string | Buffer = ''): Promise<Ended> =>
  startCli(argv, { cwd, stdin }).ended;

const unit = (en: string, de: string, more = ''): string =>
  `<tu><tuv xml:lang="en-US"><seg>${en}</seg></tuv><tuv xml:lang="de-DE"><seg>${de}</seg></tuv>${more}</tu>\n`;

const tmx = (units: string): string =>
  `<?xml version="1.0"?>\n<tmx version="1.4"><header srclang="en-US"/><body>\n${units}</body></tmx>\n`;

const FRENCH = '<tuv xml:lang="fr"><seg>Bonjour.</seg></tuv>';

test('what is imported is exported, restored in another store, counted, and pruned', () =>
  inFolder(async (cwd) => {
    writeFileSync(join(cwd, 'a b.tmx'), tmx(unit('Hello.', 'Hallo.', FRENCH) + unit('Bye &amp; bye.', 'Tschüss.')));
    const imported = await voicelingua(cwd, ['memory', 'import', 'a b.tmx', '--json']);
    assert.is(imported.code, 0, imported.stderr);
    const [told, summary] = records(imported.stdout);
    const skipped = { incomplete: 0, language: 0, sameLanguage: 0, tooLong: 0, unwanted: 0 };
    assert.equal(told, { type: 'imported', file: 'a b.tmx', units: 2, added: 3, replaced: 0, evicted: 0, skipped });
    assert.equal(summary, { type: 'summary', total: 1, completed: 1, failed: 0, cancelled: 0 });

    const exported = await voicelingua(cwd, ['memory', 'export', 'out/all.tmx']);
    assert.is(exported.stdout, '3 translations written to out/all.tmx\n');
    assert.equal(readdirSync(join(cwd, 'out')), ['all.tmx'], 'nothing else stays');

    const part = await voicelingua(cwd, [
      'memory',
      'export',
      '-',
      '--from',
      'en',
      '--to',
      'fr',
      '--mt-model',
      'imported',
    ]);
    assert.is(part.code, 0, part.stderr);
    assert.match(part.stdout, /^<\?xml.*<seg>Hello\.<\/seg>.*<seg>Bonjour\.<\/seg>.*<\/tmx>\n$/s);
    assert.not.match(part.stdout, /Hallo/);
    assert.match(part.stderr, /1 translation written/);

    const other = join(cwd, 'other');
    mkdirSync(other);
    const restored = await voicelingua(
      other,
      ['memory', 'import', '-', '--restore'],
      readFileSync(join(cwd, 'out/all.tmx')),
    );
    assert.is(restored.stdout, '-: 3 added, 0 replaced\n', restored.stderr);
    const stats = await voicelingua(other, ['memory', 'stats']);
    assert.match(stats.stdout, /^translations +3 of at most 200,000 \(0\.0 %\)$/m);
    assert.match(stats.stdout, /^en\tde\timported\t2\t\d+ B\nen\tfr\timported\t1\t14 B$/m);
    const json = records((await voicelingua(other, ['memory', 'stats', '--json'])).stdout);
    assert.equal([json[0]?.type, json[0]?.entries, json[0]?.limit, json[0]?.evicted], ['memory', 3, 200_000, 0]);
    const all = await voicelingua(other, ['stats']);
    assert.match(all.stdout, /^translation memory +3 translations, used again 0 times$/m);

    const would = await voicelingua(other, ['memory', 'prune', '--keep', '1', '--dry-run']);
    assert.is(would.stdout, '2 translations would be deleted\n');
    const pruned = await voicelingua(other, ['memory', 'prune', '--keep', '1', '--json']);
    assert.equal(records(pruned.stdout), [
      { type: 'pruned', deleted: 2, dry_run: false },
      { type: 'summary', total: 2, completed: 2, failed: 0, cancelled: 0 },
    ]);
    assert.is(
      (await voicelingua(other, ['memory', 'prune', '--mt-model', 'imported'])).stdout,
      '1 translation deleted\n',
    );
  }));

test('an import of some languages says what it left out', () =>
  inFolder(async (cwd) => {
    writeFileSync(join(cwd, 'a.tmx'), tmx(unit('Hello.', 'Hallo.', FRENCH) + unit('Empty', '')));
    const { code, stdout, stderr } = await voicelingua(cwd, ['memory', 'import', 'a.tmx', '--to', 'fr-FR, it']);
    assert.is(code, 0);
    assert.is(stdout, 'a.tmx: 1 added, 0 replaced\n');
    assert.match(
      stderr,
      /left out: 1 without one of the texts, 1 of other languages than asked for|2 of other languages/,
    );
  }));

test('an import that breaks off keeps what came before and says so; other files are imported all the same', () =>
  inFolder(async (cwd) => {
    const many = Array.from({ length: 1_200 }, (_, index) => unit(`Sentence ${index}.`, `Satz ${index}.`)).join('');
    writeFileSync(join(cwd, 'broken.tmx'), tmx(`${many}<tu><seg>`));
    writeFileSync(join(cwd, 'good.tmx'), tmx(unit('Hello.', 'Hallo.')));
    const files = ['broken.tmx', 'missing.tmx', 'good.tmx'];
    const { code, stdout, stderr } = await voicelingua(cwd, ['memory', 'import', ...files, '--json']);
    assert.is(code, 5);
    const [broken, missing, good, summary] = records(stdout) as Array<Record<string, never>>;
    const errorOf = (record: unknown) =>
      (record as { error: { code: string; details: Record<string, unknown> } }).error;
    assert.is(errorOf(broken).code, 'INPUT_CORRUPT');
    assert.is(errorOf(broken).details.imported, 1_000);
    assert.match(stderr, /1000 translations were imported before that, and stay; the same import again does the rest/);
    assert.is(errorOf(missing).code, 'INPUT_NOT_FOUND');
    assert.match(stderr, /missing\.tmx.*no such file. Nothing was imported\./);
    assert.is((good as { added?: number } | undefined)?.added, 1);
    assert.equal(summary, { type: 'summary', total: 3, completed: 1, failed: 2, cancelled: 0 });
    const stats = records((await voicelingua(cwd, ['memory', 'stats', '--json'])).stdout);
    assert.is(stats[0]?.entries, 1_001);
    const alone = await voicelingua(cwd, ['memory', 'import', 'missing.tmx']);
    assert.is(alone.code, 4);
  }));

test('an export that cannot be written leaves the file that is there', () =>
  inFolder(async (cwd) => {
    writeFileSync(join(cwd, 'plain'), 'x');
    const { code, stderr } = await voicelingua(cwd, ['memory', 'export', 'plain/out.tmx']);
    assert.is(code, 6);
    assert.match(stderr, /Cannot write/);
    assert.is(readFileSync(join(cwd, 'plain'), 'utf8'), 'x');
  }));

test('wrong calls of memory and of the glossary end with 2 and say what is wrong', async () => {
  const cases: Array<[string[], RegExp]> = [
    [['memory', 'import'], /missing required argument/],
    [['memory', 'import', '-', '-'], /name it once/],
    [['memory', 'import', 'x', '--inline', 'keep'], /--inline is one of drop, text/],
    [['memory', 'export'], /missing required argument/],
    [['memory', 'prune'], /--keep N, --older-than DURATION or --mt-model NAME/],
    [['memory', 'prune', '--older-than', 'soon'], /such as 12h or 7d/],
    [['memory', 'prune', '--keep', '-1'], /--keep needs a whole number/],
    [['memory', 'prune', '--mt-model', ''], /--mt-model needs a text/],
    [['memory', 'forget'], /unknown command/],
    [['translate', 'hi', '--to', 'de', '--glossary', ''], /--glossary needs a text/],
    [['translate', 'hi', '--to', 'de', '--memory'], /unknown option/],
    [['transcribe', 'x', '--glossary', 'y'], /unknown option/],
  ];
  for (const [argv, says] of cases) {
    const { code, stdout, stderr } = await cli(argv);
    assert.is(code, 2, `${argv.join(' ')}: ${stderr}`);
    assert.match(stderr, says);
    assert.is(stdout, '');
  }
  const mixed = await cli(['memory', 'export', '-', '--json']);
  assert.is(mixed.code, 2);
  assert.match(mixed.stderr, /name a file, or leave out --json/);
  for (const word of ['import', 'export', 'prune', 'stats']) {
    const { code, stdout } = await cli(['memory', word, '--help']);
    assert.is(code, 0);
    assert.match(stdout, new RegExp(`Examples:\\n  voicelingua memory ${word}`));
  }
  assert.match((await cli(['memory', '--help'])).stdout, /Examples:\n {2}voicelingua memory import/);
});

test('options of the memory commands reach the library', async () => {
  const lingua = new RecordingLingua();
  const run = (...argv: string[]) => cli(['memory', ...argv], { lingua: lingua.api(), cwd: '/data' });
  await run('import', 'a.tmx', '--from', 'en,fr', '--to', 'de', '--inline', 'text', '--restore');
  await run('export', 'b.tmx', '--from', 'en', '--mt-model', 'demo-mt');
  const pruned = await run('prune', '--older-than', '2d', '--keep', '10', '--mt-model', 'm', '--dry-run');
  assert.equal(lingua.calls, [
    { import: '/data/a.tmx', options: { from: 'en,fr', to: 'de', inlineCodes: 'text', restore: true } },
    { export: '/data/b.tmx', options: { from: 'en', model: 'demo-mt' } },
    { pruneMemory: { keep: 10, olderThanMs: 172_800_000, model: 'm', dryRun: true } },
  ]);
  assert.is(pruned.stdout, '1,234 translations would be deleted\n');
});

test('a long import shows how it goes on: a line on a terminal, records with --json, nothing when quiet', async () => {
  const lingua = new RecordingLingua();
  const slow: VoiceLingua['translationMemory']['import'] = async (_source, { onProgress } = {}) => {
    const soFar = { units: 1, added: 11_000, replaced: 1_000, evicted: 0, skipped: {} };
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    onProgress?.(soFar);
    return soFar;
  };
  Object.assign(lingua.translationMemory, { import: slow });
  const plain = await cli(['memory', 'import', 'a.tmx', '--json'], { lingua: lingua.api() });
  assert.equal([plain.records()[0]?.type, plain.records()[0]?.done], ['progress', 12_000]);
  assert.match(plain.stderr, /^12,000 translations stored, 1s$/m);
  const terminal = await cli(['memory', 'import', 'a.tmx'], { lingua: lingua.api(), stderr: new Sink(true) });
  const clear = '\u001b[K';
  assert.is(terminal.stderr, `\r12,000 translations stored, 1s${clear}\r${clear}`);
  const quiet = await cli(['memory', 'import', 'a.tmx', '--quiet'], { lingua: lingua.api() });
  assert.is(quiet.stderr, '');
});

test('--glossary and --no-memory reach the library from flag, environment and config file', () =>
  inFolder(async (folder) => {
    writeFileSync(join(folder, 'own.json'), '{"glossary":"from-file.csv","memory":false}');
    writeFileSync(join(folder, 'a.txt'), 'Text.');
    const shapes: Array<[string[], Record<string, string>, { glossary?: string; memory?: boolean }]> = [
      [[], {}, {}],
      [['--glossary', 'g.csv', '--no-memory'], {}, { glossary: join(folder, 'g.csv'), memory: false }],
      [[], { VOICELINGUA_GLOSSARY: '/g.csv', VOICELINGUA_MEMORY: '0' }, { glossary: '/g.csv', memory: false }],
      [[], { VOICELINGUA_MEMORY: 'true' }, { memory: true }],
      [['--no-memory'], { VOICELINGUA_MEMORY: 'true' }, { memory: false }],
      [['--config', 'own.json'], {}, { glossary: join(folder, 'from-file.csv'), memory: false }],
    ];
    for (const [flags, env, expected] of shapes) {
      const lingua = new RecordingLingua();
      const options = { lingua: lingua.api(), env, cwd: folder };
      await cli(['translate', 'hi', '--to', 'de', ...flags], options);
      const { glossary, memory } = lingua.translateCalls[0]?.options ?? {};
      assert.equal(
        { ...(glossary === undefined ? {} : { glossary }), ...(memory === undefined ? {} : { memory }) },
        expected,
      );
      await cli(['run', 'a.txt', '--to', 'de', ...flags], options);
      assert.equal(lingua.submitted[0]?.translate ?? {}, expected);
    }
  }));

test('the glossary of a manifest row goes before the one of all', () =>
  inFolder(async (folder) => {
    writeFileSync(join(folder, 'list.csv'), 'text_id,text,glossary\na,Text.,own.csv\nb,Text.,\n');
    const lingua = new RecordingLingua();
    const args = ['run', 'list.csv', '--to', 'de', '--glossary', '/all.csv', '--no-memory'];
    assert.is((await cli(args, { lingua: lingua.api(), cwd: folder })).code, 0);
    assert.equal(
      lingua.submitted.map(({ translate }) => translate),
      [
        { glossary: join(folder, 'own.csv'), memory: false },
        { glossary: '/all.csv', memory: false },
      ],
    );
  }));

test('a glossary that cannot be used ends a batch at once, and not task by task', () =>
  inFolder(async (folder) => {
    for (let index = 0; index < 30; index += 1) writeFileSync(join(folder, `${index}.txt`), `Text ${index}.`);
    writeFileSync(join(folder, 'bad.csv'), 'en,de\nserver,\n');
    const lingua = await openVoiceLingua({ store: join(folder, 'store.sqlite') });
    try {
      const args = [...Array.from({ length: 30 }, (_, index) => `${index}.txt`), '--to', 'de', '--glossary', 'bad.csv'];
      const batch = await cli(['run', ...args], { lingua, cwd: folder });
      assert.is(batch.code, 4);
      assert.is(batch.stderr.match(/error:/g)?.length, 1, batch.stderr);
      assert.match(
        batch.stderr,
        /error: The glossary ".*bad\.csv" cannot be used, line 2: "server" has no translation/,
      );
    } finally {
      await lingua.close();
    }
    const recording = new RecordingLingua();
    const path = join(folder, 'bad.csv');
    recording.estimate = async (requests) =>
      requests.map(() => new VoiceLinguaError('INPUT_CORRUPT', 'The glossary is bad.', { details: { path } }));
    const dry = await cli(['run', '0.txt', '1.txt', '--to', 'de', '--glossary', 'bad.csv', '--dry-run'], {
      lingua: recording.api(),
      cwd: folder,
    });
    assert.is(dry.code, 4);
    assert.is(dry.stderr, 'error: The glossary is bad.\n');
    const store = await openSqliteStore(join(folder, 'store.sqlite'));
    assert.is(await store.count(), 0);
    await store.close();
    assert.not.ok(existsSync(join(folder, 'voicelingua')));
  }));

test.run();
