import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { twinPath, twinsFolder } from '../../tools/twins/make-twins.mjs';
import { ROOT, SENTENCE, SHARED, temporary, withLibrary } from '../library/support.js';

/** First token that is no text: <|endoftext|>. */
const END_OF_TEXT = 50257;
const RECORDINGS = join(ROOT, 'tools', 'demo', 'recordings');

interface Heard {
  readonly text: string;
  readonly tokens: readonly number[];
}

let program = '';

/** What whisper-cli of the same tree, flags and model says with its defaults. */
function whisperCli(model: string, file: string): Heard {
  program ||= execFileSync(process.execPath, [join(ROOT, 'tools/build/whisper-cli.mjs')], { encoding: 'utf8' }).trim();
  const output = temporary('whisper-cli');
  execFileSync(program, ['-m', model, '-f', file, '-l', 'en', '-t', '1', '-ojf', '-of', output], { stdio: 'ignore' });
  const { transcription } = JSON.parse(readFileSync(`${output}.json`, 'utf8')) as {
    transcription: Array<{ text: string; tokens: Array<{ id: number }> }>;
  };
  return {
    text: transcription.map(({ text }) => text).join(''),
    tokens: transcription.flatMap(({ tokens }) => tokens.map(({ id }) => id)).filter((id) => id < END_OF_TEXT),
  };
}

async function compare(model: string, files: readonly string[]): Promise<void> {
  await withLibrary(
    async (lingua) => {
      for (const file of files) {
        const expected = whisperCli(model, file);
        const transcript = await lingua.transcribe(file, { language: 'en', strategy: 'sequential' });
        assert.equal(
          transcript.segments.flatMap(({ tokens }) => tokens),
          expected.tokens,
          file,
        );
        assert.is(transcript.text.replace(/\s+/g, ' ').trim(), expected.text.replace(/\s+/g, ' ').trim(), file);
      }
    },
    { sttModel: model, jobs: 1, threads: 1 },
  );
}

test('the demo model, sentence by sentence: token for token the text of whisper-cli', async () => {
  const files = ['conference', 'restaurant', 'code', 'ticket'].map((name) => join(RECORDINGS, `${name}.wav`));
  await compare(join(ROOT, 'models/demo-stt/ggml-demo-stt.bin'), [SENTENCE, ...files]);
});

test('a twin of Whisper tiny: token for token the text of whisper-cli', async () => {
  const folder = twinsFolder();
  const model = folder === null ? '' : twinPath(folder, 'tiny');
  if (!existsSync(model)) {
    console.log('skipped: the twin of Whisper tiny is not there (node tools/twins/make-twins.mjs tiny)');
    return;
  }
  const jfk = join(SHARED, 'data', 'speech', 'jfk.wav');
  await compare(model, [SENTENCE, ...(existsSync(jfk) ? [jfk] : [])]);
});

test.run();
