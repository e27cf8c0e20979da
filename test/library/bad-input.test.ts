import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openVoiceLingua, type TranscribeOptions, type VoiceLingua, VoiceLinguaError } from '../../src/index.js';
import { failure, SENTENCE, SHARED, scriptedModel, temporary, withLibrary } from './support.js';

test('what is no recording is refused by name, with a code', async () => {
  mkdirSync(temporary('folder'));
  writeFileSync(temporary('empty.wav'), '');
  writeFileSync(temporary('page.wav'), '<!DOCTYPE html><html><body>Not found</body></html>');
  writeFileSync(temporary('list.wav'), '#EXTM3U\nhttp://example.invalid/a.mp3\n');
  symlinkSync(temporary('nowhere'), temporary('dangling.wav'));
  execFileSync('mkfifo', [temporary('pipe.wav')]);
  const cases: Array<[string, readonly string[]]> = [
    [temporary('missing.wav'), ['INPUT_NOT_FOUND']],
    [temporary('dangling.wav'), ['INPUT_NOT_FOUND']],
    [temporary('folder'), ['INPUT_IS_DIRECTORY']],
    [temporary('pipe.wav'), ['INPUT_NOT_REGULAR']],
    ['/dev/zero', ['INPUT_NOT_REGULAR']],
    [temporary('empty.wav'), ['INPUT_EMPTY']],
    [temporary('page.wav'), ['INPUT_UNSUPPORTED_FORMAT']],
    [temporary('list.wav'), ['INPUT_UNSUPPORTED_FORMAT']],
    [scriptedModel(), ['INPUT_UNSUPPORTED_FORMAT']],
  ];
  await withLibrary(async (lingua) => {
    for (const [path, codes] of cases) {
      const error = await failure(() => lingua.transcribe(path, { language: 'en' }));
      assert.ok(codes.includes(error.code), `${path}: ${error.code} ${error.message}`);
      assert.ok(error.message.includes(path.split('/').at(-1) as string), error.message);
    }
  });
});

test('bad recordings give a typed error or a transcript with a warning, and the library works on', async () => {
  const folder = join(SHARED, 'data', 'formats', 'bad');
  if (!existsSync(folder)) {
    console.log('skipped: ../shared/data/formats/bad is not there');
    return;
  }
  await withLibrary(async (lingua) => {
    for (const name of readdirSync(folder)) {
      try {
        await lingua.transcribe(join(folder, name), { language: 'en', beamSize: 1, bestOf: 1 });
      } catch (error) {
        assert.instance(error, VoiceLinguaError, name);
        assert.match((error as VoiceLinguaError).code, /^INPUT_/, `${name}: ${String(error)}`);
      }
    }
    assert.ok((await lingua.transcribe(SENTENCE, { language: 'en' })).text !== '');
  });
});

test('samples of odd lengths and values are taken', async () => {
  await withLibrary(async (lingua) => {
    for (const samples of [
      new Float32Array(1),
      new Float32Array(200).fill(0.5),
      Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, -2, 2),
    ]) {
      const { duration } = await lingua.transcribe(samples, { language: 'en' });
      assert.ok(duration < 0.1);
    }
    const error = await failure(() => lingua.transcribe(new Float32Array(0), { language: 'en' }));
    assert.match(error.code, /^INPUT_/);
  });
});

test('file names are only names', async () => {
  const bytes = (await import('node:fs')).readFileSync(SENTENCE);
  const long = 'ä'.repeat(125);
  const names = ['with space.wav', `quote'".wav`, '$(touch hacked).wav', '-rf.wav', 'new\nline.wav', `${long}.wav`];
  await withLibrary(async (lingua) => {
    for (const name of names) {
      writeFileSync(temporary(name), bytes);
      const transcript = await lingua.transcribe(temporary(name), { language: 'en' });
      const task = await lingua.task(transcript.task_id as string);
      assert.is(task.textId, name.replace(/\.wav$/, ''));
    }
    assert.not(existsSync('hacked'));
  });
});

test('every option of every call: a strange value is a typed error or is used, never a crash', async () => {
  const strange = [undefined, null, Number.NaN, -1, 2 ** 53, '', {}, [], () => 1, Symbol('x'), 1n];
  const options: Record<string, readonly string[]> = {
    transcribe: [
      'language referenceText textId model task strategy beamSize bestOf temperature temperatureIncrement',
      'initialPrompt timestamps wordTimestamps priority signal',
    ],
    translate: ['to from model beamSize maxTokens textId priority signal'],
    packageTask: ['out formats signal'],
  };
  await withLibrary(async (lingua) => {
    const calls = lingua as unknown as Record<string, (first: unknown, options: unknown) => PromiseLike<unknown>>;
    const done = await lingua.transcribe(SENTENCE, { language: 'en', beamSize: 1 });
    const first: Record<string, unknown> = { transcribe: SENTENCE, translate: '12', packageTask: done.task_id };
    for (const [name, lists] of Object.entries(options)) {
      for (const option of lists.join(' ').split(' ')) {
        for (const value of strange) {
          const base =
            name === 'translate'
              ? { to: ['en'], from: 'en' }
              : name === 'transcribe'
                ? { language: 'en', beamSize: 1 }
                : {};
          try {
            await calls[name]?.(first[name], { ...base, [option]: value });
          } catch (error) {
            assert.instance(error, VoiceLinguaError, `${name} ${option} ${String(value)}: ${String(error)}`);
            assert.is.not((error as VoiceLinguaError).code, 'INTERNAL', `${name} ${option} ${String(value)}`);
          }
        }
      }
    }
  });
});

test('strange sources are refused', async () => {
  await withLibrary(async (lingua) => {
    for (const source of [undefined, null, 5, '', {}, [], new URL('https://example.invalid/a.mp3'), 'a\0b']) {
      const error = await failure(() => lingua.transcribe(source as string));
      assert.match(error.code, /^(INVALID_ARGUMENT|INPUT_)/, `${String(source)}: ${error.code}`);
    }
  });
});

test('unknown options are answered with the nearest right name', async () => {
  await withLibrary(async (lingua) => {
    const error = await failure(() => lingua.transcribe(SENTENCE, { beamsize: 5 } as unknown as TranscribeOptions));
    assert.is(error.code, 'UNKNOWN_OPTION');
    assert.match(error.message, /"beamSize"/);
  });
  const open = (options: unknown): Promise<VoiceLingua> => openVoiceLingua(options as object);
  assert.is((await failure(() => open({ stor: 'x' }))).code, 'UNKNOWN_OPTION');
  assert.is((await failure(() => open({ jobs: 0 }))).code, 'INVALID_ARGUMENT');
});

test('a missing or wrong model is said before the recording is read', async () => {
  await withLibrary(async (lingua) => {
    const missing = await failure(() => lingua.transcribe(SENTENCE, { model: 'ggml-large.bin' }));
    assert.is(missing.code, 'MODEL_NOT_FOUND');
    const wrong = await failure(() => lingua.transcribe(SENTENCE, { model: SENTENCE }));
    assert.is(wrong.code, 'MODEL_INVALID');
    const purpose = await failure(() => lingua.translate('Hello.', { to: 'de', model: 'demo-stt' }));
    assert.is(purpose.code, 'MODEL_UNSUPPORTED');
  });
});

test('one bad recording in a batch is one failed task', async () => {
  await withLibrary(async (lingua) => {
    const submitted = await lingua.submit([
      { audio: SENTENCE, language: 'en' },
      { audio: temporary('missing.wav'), language: 'en' },
      { audio: temporary('page.wav'), language: 'en' },
    ]);
    const errors: string[] = [];
    const summary = await lingua.run(
      submitted.map(({ id }) => id),
      { onTask: (_task, error) => void (error !== null && errors.push(error.code)) },
    );
    assert.equal(summary, { total: 3, completed: 1, failed: 2, cancelled: 0 });
    assert.equal(errors.sort(), ['INPUT_NOT_FOUND', 'INPUT_UNSUPPORTED_FORMAT']);
  });
});

test.run();
