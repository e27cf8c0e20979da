import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VoiceLinguaError } from '../../../src/domain/errors.js';
import { FfmpegAudio } from '../../../src/engines/ffmpeg/ffmpeg-audio.js';

const folder = mkdtempSync(join(tmpdir(), 'voicelingua-ffmpeg-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const present = spawnSync('ffmpeg', ['-version']).status === 0;
if (!present) console.log('skipped: ffmpeg is not there');

function tone(name: string, ...encoding: string[]): string {
  const path = join(folder, name);
  const source = 'sine=frequency=440:duration=2:sample_rate=48000';
  const args = [
    '-nostdin',
    '-v',
    'error',
    '-y',
    '-f',
    'lavfi',
    '-i',
    source,
    '-af',
    'pan=stereo|c0=c0|c1=c0',
    ...encoding,
    path,
  ];
  assert.is(spawnSync('ffmpeg', args).status, 0, `ffmpeg could not write ${name}`);
  return path;
}

async function readAll(audio: FfmpegAudio): Promise<Float32Array> {
  const chunk = new Float32Array(7001);
  const all: number[] = [];
  for (let count = await audio.read(chunk); count > 0; count = await audio.read(chunk))
    all.push(...chunk.subarray(0, count));
  return Float32Array.from(all);
}

async function failure(work: Promise<unknown>): Promise<VoiceLinguaError> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  assert.instance(error, VoiceLinguaError);
  return error as VoiceLinguaError;
}

test('opus becomes 16 kHz mono at its own level', async () => {
  if (!present) return;
  const audio = new FfmpegAudio('ffmpeg', tone('tone.opus', '-c:a', 'libopus'));
  const samples = await readAll(audio);
  assert.ok(Math.abs(samples.length - 32_000) < 400, `${samples.length} samples`);
  const peak = samples.subarray(8000, 24_000).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  assert.ok(peak > 0.1 && peak < 0.15, `lavfi's tone peaks at 1/8, not at ${peak}`);
  audio.close();
});

test('a playlist is not followed, and what is no recording is a typed error', async () => {
  if (!present) return;
  const wav = tone('behind.wav');
  const playlist = join(folder, 'list.m3u8');
  writeFileSync(playlist, `#EXTM3U\n#EXTINF:2,\n${wav}\n`);
  const concat = join(folder, 'concat.txt');
  writeFileSync(concat, `ffconcat version 1.0\nfile '${wav}'\n`);
  for (const path of [playlist, concat]) {
    const audio = new FfmpegAudio('ffmpeg', path);
    assert.is((await failure(readAll(audio))).code, 'INPUT_UNSUPPORTED_FORMAT', path);
    audio.close();
  }
});

test('a name is never an option, a protocol or a command', async () => {
  if (!present) return;
  for (const name of ['-i.wav', 'concat:a.wav', '$(id).wav', "it's.wav"]) {
    const audio = new FfmpegAudio('ffmpeg', tone('plain.wav').replace('plain.wav', name));
    assert.is((await failure(readAll(audio))).code, 'INPUT_UNSUPPORTED_FORMAT', 'there is no such file');
    audio.close();
  }
  assert.ok((await readAll(new FfmpegAudio('ffmpeg', tone('quote $(id) "x".wav')))).length > 0);
});

test('a film without sound has no audio', async () => {
  if (!present) return;
  const path = join(folder, 'silent.mkv');
  const args = ['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', 'color=size=16x16:duration=1', '-c:v', 'mjpeg', path];
  assert.is(spawnSync('ffmpeg', args).status, 0);
  assert.is((await failure(readAll(new FfmpegAudio('ffmpeg', path)))).code, 'INPUT_NO_AUDIO');
});

test('without the command there is a typed error', async () => {
  const error = await failure(readAll(new FfmpegAudio(join(folder, 'no-such-command'), '/dev/null')));
  assert.is(error.code, 'INPUT_UNSUPPORTED_FORMAT');
});

test.run();
