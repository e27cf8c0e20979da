import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { documentInputs } from '../../src/cli/documents.js';
import { STRUCTURED_ENDINGS, TEXT_ENDINGS } from '../../src/cli/file-endings.js';
import { expandInputs } from '../../src/cli/inputs.js';
import { processIo } from '../../src/cli/io.js';
import { VoiceLinguaError } from '../../src/domain/errors.js';
import { plainText } from '../../src/formats/documents/plain-text.js';
import { DOCUMENT_EXTENSIONS } from '../../src/formats/documents/registry.js';
import { cli, inFolder, RecordingLingua } from './support.js';

function put(folder: string, ...names: readonly string[]): void {
  for (const name of names) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), `content of ${name}`);
  }
}

test('the endings of documents are those of the formats of the library', () => {
  assert.equal([...STRUCTURED_ENDINGS].sort(), DOCUMENT_EXTENSIONS.map((ending) => `.${ending}`).sort());
  assert.equal([...TEXT_ENDINGS].sort(), plainText.extensions.map((ending) => `.${ending}`).sort());
});

test('files by their ending are documents, all else is text, and both at once is refused', async () => {
  await inFolder(async (folder) => {
    put(folder, 'film.srt', 'day/Film.SRT', 'film.vtt', 'page.HTML', 'notes.txt', 'plain', 'talk.wav');
    const names = async (...args: readonly string[]) =>
      (await documentInputs(args, undefined, folder))?.map((one) => ('textId' in one ? one.textId : `! ${one.name}`));
    assert.equal(await names('film.srt', 'film.vtt', 'page.HTML', 'notes.txt'), ['film', 'film', 'page', 'notes']);
    assert.equal(await names('film.srt', './film.srt', join(folder, 'film.srt')), ['film']);
    assert.equal(await names('day/Film.SRT', 'film.srt'), ['Film', 'film']);
    assert.equal(await names('none.srt'), ['! none.srt']);
    for (const text of ['Good morning.', 'plain', 'talk.wav', 'See none.srt', '', 'a\0b.srt x', 'x'.repeat(5000)]) {
      assert.is(await documentInputs([text], undefined, folder), null, text);
    }
    assert.is(await documentInputs(['film.srt'], 'text', folder), null);
    assert.equal(await documentInputs(['plain'], 'html', folder), [
      { name: 'plain', path: join(folder, 'plain'), textId: 'plain' },
    ]);
    const refused = await documentInputs(['film.srt', 'Good morning.'], undefined, folder).catch((error) => error);
    assert.match((refused as Error).message, /"film\.srt" is a document.*"Good morning\." is none.*--format text/);
  });
});

test('documents of one name in several folders get the names of their folders', async () => {
  await inFolder(async (folder) => {
    put(folder, 'one/film.srt', 'two/film.srt');
    const inputs = await documentInputs(['one/film.srt', 'two/film.srt'], undefined, folder);
    assert.equal(
      inputs?.map((input) => 'textId' in input && input.textId),
      ['one/film', 'two/film'],
    );
  });
});

test('one document in one language goes to stdout as it is', async () => {
  await inFolder(async (folder) => {
    put(folder, 'film.srt');
    const lingua = new RecordingLingua();
    const { code, stdout } = await cli(['translate', 'film.srt', '--to', 'de', '--beam-size', '2'], {
      lingua: lingua.api(),
      cwd: folder,
    });
    assert.is(code, 0);
    assert.is(stdout, 'film in de\n');
    assert.equal(lingua.calls, [
      {
        translateDocument: join(folder, 'film.srt'),
        options: { to: ['de'], textId: 'film', beamSize: 2, signal: undefined },
      },
    ]);
  });
});

test('several documents or languages need a folder, or JSON, before anything is done', async () => {
  await inFolder(async (folder) => {
    put(folder, 'a.srt', 'b.html');
    const opened: never[] = [];
    for (const argv of [
      ['a.srt', 'b.html', '--to', 'de'],
      ['a.srt', '--to', 'de,fr'],
    ]) {
      const refused = await cli(['translate', ...argv], { cwd: folder, opened });
      assert.is(refused.code, 2);
      assert.match(refused.stderr, /--out DIR/);
    }
    assert.equal(opened, []);
    const lingua = new RecordingLingua();
    const argv = ['translate', 'a.srt', 'b.html', '--to', 'de,fr'];
    const written = await cli([...argv, '--out', 'o'], { lingua: lingua.api(), cwd: folder });
    assert.is(written.code, 0);
    assert.is(written.stdout, 'o/a.de\no/a.fr\no/b.de\no/b.fr\n');
    const json = await cli([...argv, '--json'], { lingua: lingua.api(), cwd: folder });
    assert.is(json.code, 0);
    const [first, second, summary] = json.records().filter(({ type }) => type !== 'progress');
    assert.equal(first, {
      type: 'document',
      input: 'a.srt',
      task_id: 'task-a',
      format: 'srt',
      source_language: 'en',
      model: 'demo-mt',
      translations: { de: { confidence: 0.5, content: 'a in de\n' }, fr: { confidence: 0.5, content: 'a in fr\n' } },
      warnings: [],
    });
    assert.is(second?.input, 'b.html');
    assert.equal(summary, { type: 'summary', total: 2, completed: 2, failed: 0, cancelled: 0 });
  });
});

test('a document that fails does not stop the others; a missing one says how to translate the word', async () => {
  await inFolder(async (folder) => {
    put(folder, 'a.srt', 'b.srt');
    const lingua = new RecordingLingua();
    lingua.failing.set('a', new VoiceLinguaError('INPUT_CORRUPT', 'no SubRip file'));
    const argv = ['translate', 'a.srt', 'none.vtt', 'b.srt', '--to', 'de', '--out', 'o'];
    const { code, stdout, stderr } = await cli(argv, { lingua: lingua.api(), cwd: folder });
    assert.is(code, 5);
    assert.is(stdout, 'o/b.de\n');
    assert.match(stderr, /a\.srt: no SubRip file/);
    assert.match(stderr, /none\.vtt.*--format text/);
    assert.match(stderr, /1 completed, 2 failed, of 3/);
    const all = await cli(['translate', 'none.vtt', '--to', 'de'], { lingua: lingua.api(), cwd: folder });
    assert.is(all.code, 4);
  });
});

test('--format makes stdin one document, texts HTML, and files texts', async () => {
  await inFolder(async (folder) => {
    put(folder, 'notes.txt');
    const lingua = new RecordingLingua();
    const options = { lingua: lingua.api(), cwd: folder };
    const page = await cli(['translate', '-', '--format', 'html', '--to', 'de'], { ...options, stdin: '<p>a\n<p>b' });
    assert.is(page.stdout, 'stdin in de\n');
    const [call] = lingua.calls as Array<{ translateDocument: { name: string; text: Uint8Array }; options: object }>;
    assert.is(call?.translateDocument.name, 'stdin');
    assert.is(Buffer.from(call?.translateDocument.text ?? []).toString(), '<p>a\n<p>b');
    assert.equal(call?.options, { to: ['de'], format: 'html', textId: 'stdin', signal: undefined });

    await cli(['translate', '<p>Good morning.</p>', '--format', 'html', '--to', 'de'], options);
    assert.is(lingua.translateCalls.at(-1)?.options.format, 'html');
    const words = await cli(['translate', 'notes.txt', '--format', 'text', '--to', 'de'], options);
    assert.is(words.stdout, 'notes.txt in de\n');
    assert.is(lingua.translateCalls.at(-1)?.options.format, undefined);
    const lines = await cli(['translate', '-', '--format', 'text', '--to', 'de'], { ...options, stdin: 'a\nb\n' });
    assert.is(lines.stdout, 'a in de\nb in de\n');

    for (const [argv, reason] of [
      [['a b', '--format', 'srt'], /is no file/],
      [['a b', '--format', 'pdf'], /text, html, srt, vtt/],
      [['a b', '--out', 'o'], /--out is for documents/],
    ] as const) {
      const { code, stderr } = await cli(['translate', ...argv, '--to', 'de'], options);
      assert.is(code, 2, argv.join(' '));
      assert.match(stderr, reason);
    }
  });
});

test('run names the way for documents, and takes the rest', async () => {
  await inFolder(async (folder) => {
    put(folder, 'film.srt', 'page.html', 'notes.txt');
    const inputs = await expandInputs(['film.srt', 'page.html', 'notes.txt'], { ...processIo(), cwd: folder });
    for (const input of inputs.slice(0, 2)) {
      const { code, message } = (input as unknown as { error: { code: string; message: string } }).error;
      assert.is(code, 'INPUT_UNSUPPORTED_FORMAT');
      assert.match(message, /voicelingua translate FILE/);
    }
    assert.ok('request' in (inputs[2] ?? {}));
  });
});

test.run();
