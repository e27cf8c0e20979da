import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { VoiceLingua } from '../../src/index.js';
import { failure, temporary, withLibrary } from './support.js';

function demo<T>(use: (lingua: VoiceLingua) => Promise<T>): Promise<T> {
  return withLibrary(use, { sttModel: 'demo-stt', mtModel: 'demo-mt' });
}

let folders = 0;

/** A file in a folder of its own. */
function file(name: string, content: string | Uint8Array): string {
  const folder = temporary(`documents-${folders++}`);
  mkdirSync(folder);
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const SRT = `1\r
00:00:01,000 --> 00:00:02,500\r
{\\an8}<i>The train to Beijing leaves</i>\r
\r
2\r
00:00:02,600 --> 00:00:04,000 X1:10\r
<i>from platform seven.</i>\r
\r
3\r
00:00:05,000 --> 00:00:06,000\r
- Good morning.\r
- Please wait two minutes.\r
`;
const SRT_DE = SRT.replace('The train to Beijing leaves', 'Der Zug nach Peking fährt')
  .replace('from platform seven.', 'von Gleis sieben ab.')
  .replace('Good morning.', 'Guten Morgen.')
  .replace('Please wait two minutes.', 'Bitte warten Sie zwei Minuten.');

test('subtitles: sentences over several cues are translated whole, markup, times and line ends stay', async () => {
  await demo(async (lingua) => {
    const path = file('film.srt', SRT);
    const { languages, format, source_language, model, task_id } = await lingua.translateDocument(path, {
      to: ['de', 'en'],
    });
    assert.is(languages.de?.text, SRT_DE);
    assert.is(languages.en?.text, SRT);
    assert.equal([format, source_language, model], ['srt', 'en', 'demo-mt']);
    assert.ok((languages.de?.confidence ?? 0) > 0.9);
    const task = await lingua.task(task_id);
    assert.is(task.textId, 'film');
    assert.match(task.text ?? '', /^The train to Beijing leaves from platform seven\.\n/);
    assert.equal(readdirSync(join(path, '..')), ['film.srt'], 'nothing is written without out');
  });
});

test('WebVTT: header, notes and ids stay', async () => {
  await demo(async (lingua) => {
    const text =
      'WEBVTT - a film\n\nNOTE Good morning.\n\nintro\n00:01.000 --> 00:02.000 align:start\n<v Bob>Good morning.\n';
    const { languages } = await lingua.translateDocument({ name: 'film.vtt', text }, { to: 'de' });
    assert.is(languages.de?.text, text.replace('<v Bob>Good morning.', '<v Bob>Guten Morgen.'));
  });
});

const PAGE = `<!doctype html>
<html><head><title>Good morning.</title><style>p { color: red }</style><script>say("Good morning.");</script></head>
<body class="a"><p>Please wait two minutes.<br><img src="x.png" alt="Good morning."></p>
<code>Good morning.</code><p translate="no">Good morning.</p></body></html>
`;
const PAGE_DE = PAGE.replace('<title>Good morning.', '<title>Guten Morgen.')
  .replace('alt="Good morning."', 'alt="Guten Morgen."')
  .replace('Please wait two minutes.', 'Bitte warten Sie zwei Minuten.');

test('HTML: texts and read attributes are translated, tags, code, scripts and styles stay', async () => {
  await demo(async (lingua) => {
    const { languages } = await lingua.translateDocument(file('page.htm', PAGE), { to: 'de', from: 'en' });
    assert.is(languages.de?.text, PAGE_DE);
    const set = await lingua.translate(PAGE, { to: 'de', from: 'en', format: 'html' });
    assert.is(set.languages.de?.text, PAGE_DE);
    assert.equal(
      set.languages.de?.units.map(({ id, text }) => [id, text]),
      [['0', PAGE_DE]],
    );
  });
});

test('translate with format html: texts and units, each by itself, and what has nothing to translate as it was', async () => {
  await demo(async (lingua) => {
    const to = { to: ['de'], from: 'en', format: 'html' } as const;
    const texts = await lingua.translate(['<p>Good morning.</p>', '<hr>', '', 'Good morning. &amp; '], to);
    assert.equal(texts.languages.de?.units.map((unit) => unit.text).slice(0, 3), ['<p>Guten Morgen.</p>', '<hr>', '']);
    assert.match(texts.languages.de?.units[3]?.text ?? '', /^Guten Morgen\. /);
    const units = await lingua.translate([{ id: 'x.1', text: '<b>Good morning.</b>' }], to);
    assert.equal(
      units.languages.de?.units.map(({ id, text }) => [id, text]),
      [['x.1', '<b>Guten Morgen.</b>']],
    );
    assert.is((await lingua.translate('', to)).languages.de?.text, '');
    for (const input of [42, null, { segments: [], text: '' }, [7]]) {
      assert.is((await failure(() => lingua.translate(input as never, to))).code, 'INVALID_ARGUMENT');
    }
  });
});

test('out: files by name, language and ending, byte order marks, other encodings, and deletion with the task', async () => {
  await demo(async (lingua) => {
    const out = temporary('translated');
    const marked = await lingua.translateDocument(pathToFileURL(file('a%20b.SRT', `\ufeff${SRT}`)), {
      to: ['de', 'fr'],
      out,
    });
    assert.equal(readdirSync(out).sort(), ['a%20b.de.SRT', 'a%20b.fr.SRT']);
    assert.is(marked.languages.de?.path, join(out, 'a%20b.de.SRT'));
    assert.is(readFileSync(join(out, 'a%20b.de.SRT'), 'utf8'), `\ufeff${SRT_DE}`);
    const wide = file('wide.txt', Buffer.from('\ufeffGood morning.\r\n\r\nPlease wait two minutes.', 'utf16le'));
    await lingua.translateDocument(wide, { to: 'de', out, textId: 'folder/name' });
    assert.is(
      readFileSync(join(out, 'folder', 'name.de.txt'), 'utf8'),
      '\ufeffGuten Morgen.\r\n\r\nBitte warten Sie zwei Minuten.',
    );
    // A browser believes the mark rather than what the page says of itself.
    const page = file('page.html', '<meta charset="iso-8859-1"><p>Please wait two minutes.</p>');
    const { languages } = await lingua.translateDocument(page, { to: 'de', out });
    assert.ok(languages.de?.text.startsWith('\ufeff<meta'));
    await lingua.delete(marked.task_id, { outputs: true });
    assert.not(existsSync(join(out, 'a%20b.de.SRT')));
  });
});

test('a document is never written over, and a second call does nothing anew', async () => {
  await demo(async (lingua) => {
    const path = file('film.de.srt', SRT);
    const over = await failure(() =>
      lingua.translateDocument(path, { to: 'de', out: join(path, '..'), textId: 'film' }),
    );
    assert.is(over.code, 'INVALID_ARGUMENT');
    assert.match(over.message, /write over the document itself.*film\.de\.srt/);
    assert.is(readFileSync(path, 'utf8'), SRT);
    const first = await lingua.translateDocument(path, { to: 'de' });
    const out = join(path, '..', 'o');
    const second = await lingua.translateDocument(path, { to: 'de', out });
    assert.is(second.task_id, first.task_id);
    assert.is(readFileSync(join(out, 'film.de.de.srt'), 'utf8'), SRT_DE);
  });
});

test('what is no document is refused by its own code', async () => {
  await demo(async (lingua) => {
    const cases: ReadonlyArray<readonly [string, unknown]> = [
      ['INPUT_NOT_FOUND', '/nowhere/film.srt'],
      ['INPUT_IS_DIRECTORY', join(file('x', 'x'), '..') && temporary('translated')],
      ['INPUT_UNSUPPORTED_FORMAT', file('film.sub', SRT)],
      ['INPUT_UNSUPPORTED_FORMAT', file('film', SRT)],
      ['INPUT_EMPTY', file('film.srt', '')],
      ['INPUT_CORRUPT', file('film.srt', 'no subtitles')],
      ['INPUT_CORRUPT', file('film.vtt', SRT)],
      ['INPUT_CORRUPT', file('page.html', Buffer.from([0x3c, 0x70, 0x3e, 0xe4, 0x00]))],
      ['INPUT_CORRUPT', { name: 'page.html', text: 'a\0b' }],
      ['INPUT_TOO_LARGE', { name: 'page.html', text: Buffer.alloc(17 * 1024 * 1024, 'a') }],
      ['INVALID_ARGUMENT', { name: 'page.html' }],
      ['INVALID_ARGUMENT', { text: 'x' }],
      ['INVALID_ARGUMENT', ''],
      ['INVALID_ARGUMENT', null],
      ['INVALID_ARGUMENT', new URL('https://example.org/film.srt')],
    ];
    for (const [code, source] of cases) {
      const options = source === temporary('translated') ? ({ to: 'de', format: 'txt' } as const) : { to: 'de' };
      const error = await failure(() => lingua.translateDocument(source as string, options));
      assert.is(error.code, code, `${JSON.stringify(source)?.slice(0, 80)}: ${error.message}`);
    }
    const option = await failure(() => lingua.translateDocument('x.srt', { to: 'de', fromat: 'srt' } as never));
    assert.is(option.code, 'UNKNOWN_OPTION');
  });
});

test('markup that nobody closed, and a page of 10 MB, come back whole', async () => {
  await demo(async (lingua) => {
    const broken = '<div><p>Good morning.<p class=>Please wait two minutes.</b></div></span><td>Good morning.';
    const { languages } = await lingua.translate(broken, { to: 'de', from: 'en', format: 'html' });
    assert.is(
      languages.de?.text,
      broken
        .replaceAll('Good morning.', 'Guten Morgen.')
        .replace('Please wait two minutes.', 'Bitte warten Sie zwei Minuten.'),
    );
    const page = `<p>Good morning.</p><pre>${'0 1 2 3 4\n'.repeat(1_000_000)}</pre>`;
    const large = await lingua.translateDocument(file('large.html', page), { to: 'de', from: 'en' });
    assert.ok(large.languages.de?.text === page.replace('Good morning.', 'Guten Morgen.'));
  });
});

test('the language of a text is detected, and a task tells where that is not sure', async () => {
  await demo(async (lingua) => {
    assert.is((await lingua.detectTextLanguage('Der Zug fährt um neun.')).language, 'de');
    assert.equal(await lingua.detectTextLanguage('42'), { language: 'und', probability: 0 });
    assert.is((await failure(() => lingua.detectTextLanguage(7 as never))).code, 'INVALID_ARGUMENT');

    const sure = await lingua.translate('Der Zug nach Peking fährt von Gleis sieben ab.', { to: 'en' });
    assert.is(sure.source_language, 'de');
    assert.is(sure.languages.en?.text, 'The train to Beijing leaves from platform seven.');
    assert.equal(sure.warnings, []);
    assert.is((await lingua.query(sure.task_id)).source_language, 'de');

    const unsure = await lingua.translate('Ja', { to: 'de' });
    assert.is(unsure.source_language, 'en');
    assert.match(unsure.warnings[0] ?? '', /taken for "en".*--language.*"from"/);
    assert.equal((await lingua.query(unsure.task_id)).warnings, unsure.warnings);
    const told = await lingua.translate('Ja', { to: 'en', from: 'de' });
    assert.equal(told.warnings, []);

    const several = await lingua.translate(['Сегодня прекрасная погода.', 'Где находится вокзал?'], { to: 'en' });
    assert.is(several.source_language, 'ru');
    const submitted = await lingua.submit({ text: 'Heute ist das Wetter sehr schön.', textId: 'w', languages: ['en'] });
    assert.is((await lingua.task(submitted.id)).sourceLanguage, 'de');
  });
});

test('a document with nothing to translate comes back as it was', async () => {
  await demo(async (lingua) => {
    for (const [name, text] of [
      ['page.html', '<hr>\n'],
      ['film.srt', '1\n00:00:01,000 --> 00:00:02,000\n42\n'],
      ['film.vtt', 'WEBVTT\n'],
      ['notes.txt', '1 + 1 = 2\n'],
    ] as const) {
      const { languages } = await lingua.translateDocument({ name, text }, { to: 'de' });
      assert.is(languages.de?.text, text, name);
    }
  });
});

test.run();
