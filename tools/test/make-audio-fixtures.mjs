#!/usr/bin/env node
/**
 * Makes test/fixtures/audio: one recording of the project (tools/demo/recordings/train-platform.wav, spoken by espeak-ng)
 * in the four usual formats. Run by hand when the recording changes; needs ffmpeg.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('../demo/recordings/train-platform.wav', import.meta.url));
const folder = fileURLToPath(new URL('../../test/fixtures/audio/', import.meta.url));

const ENCODINGS = {
  mp3: ['-c:a', 'libmp3lame', '-b:a', '64k'],
  m4a: ['-c:a', 'aac', '-b:a', '64k'],
  flac: ['-c:a', 'flac'],
};

mkdirSync(folder, { recursive: true });
copyFileSync(source, `${folder}sentence.wav`);
for (const [extension, options] of Object.entries(ENCODINGS)) {
  const args = ['-nostdin', '-v', 'error', '-y', '-i', source, '-map_metadata', '-1', ...options];
  const result = spawnSync('ffmpeg', [...args, '-fflags', '+bitexact', `${folder}sentence.${extension}`], {
    stdio: 'inherit',
  });
  if (result.status !== 0) process.exit(1);
}
