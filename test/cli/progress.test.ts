import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { VoiceLingua } from '../../src/api-types.js';
import { main } from '../../src/cli/main.js';
import { CORE_LANGUAGES, normalizeLanguage } from '../../src/domain/language.js';
import { inFolder, RecordingLingua } from './support.js';

class Terminal extends Writable {
  text = '';
  readonly isTTY = true;
  readonly columns = 100;
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }
  cursorTo(): void {}
  clearLine(): void {}
}

async function runOnTerminal(env: Record<string, string>): Promise<{ stdout: string; stderr: string }> {
  return await inFolder(async (cwd) => {
    writeFileSync(join(cwd, 'a.wav'), 'sound');
    writeFileSync(join(cwd, 'b.wav'), 'sound');
    const lingua = new RecordingLingua();
    const [stdout, stderr] = [new Terminal(), new Terminal()];
    const io = { stdin: Readable.from([]), stdout, stderr, env: { HOME: cwd, ...env }, cwd };
    const library = {
      CORE_LANGUAGES,
      FORMAT_NAMES: [],
      normalizeLanguage,
      openVoiceLingua: async () => lingua.api() as VoiceLingua,
    };
    const code = await main(['run', 'a.wav', 'b.wav'], io, new AbortController().signal, async () => library);
    assert.is(code, 0);
    return { stdout: stdout.text, stderr: stderr.text };
  });
}

test('a terminal gets a bar in place of lines, and colours', async () => {
  const { stdout, stderr } = await runOnTerminal({});
  assert.match(stderr, /[█░]+ +\d+ % \| \d\/2 \| 0:00/);
  assert.not.match(stderr, /: started/);
  assert.ok(stdout.includes('\u001b['));
  assert.is(stdout.split('\n').length, 3);
});

test('NO_COLOR is honoured', async () => {
  const { stdout } = await runOnTerminal({ NO_COLOR: '1' });
  assert.not(stdout.includes('\u001b['));
});

test('a dumb terminal gets lines', async () => {
  const { stderr, stdout } = await runOnTerminal({ TERM: 'dumb' });
  assert.match(stderr, /a\.wav: started/);
  assert.not((stdout + stderr).includes('\u001b['));
});

test.run();
