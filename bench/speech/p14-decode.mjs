/** P14: an hour of audio to 16 kHz mono in the addon, against the ffmpeg command; one thread each. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { command, interleave } from '../lib/measure.mjs';
import { ROOT, WORK } from '../lib/paths.mjs';
import { speechFile } from '../lib/recordings.mjs';

const SECONDS = 3600;
const FORMATS = {
  wav: ['-c:a', 'pcm_s16le'],
  mp3: ['-c:a', 'libmp3lame', '-b:a', '128k'],
  m4a: ['-c:a', 'aac', '-b:a', '128k'],
  flac: ['-c:a', 'flac'],
};

export const id = 'P14';
export const title = '1 h to 16 kHz mono, against ffmpeg';

export async function run({ rounds }) {
  const results = [];
  for (const [format, encoding] of Object.entries(FORMATS)) {
    const file = join(WORK, `hour.${format}`);
    if (!existsSync(file)) {
      const source = speechFile(60);
      const input = ['-nostdin', '-v', 'error', '-y', '-stream_loop', '-1', '-i', source, '-t', String(SECONDS)];
      await command('ffmpeg', [...input, '-ac', '2', '-ar', '44100', ...encoding, file]);
    }
    let resident = 0;
    const ours = async () => {
      const child = await command(process.execPath, [join(ROOT, 'bench/lib/decode-child.mjs'), file]);
      const { seconds, peak } = JSON.parse(child.stdout);
      resident = Math.max(resident, peak);
      return seconds;
    };
    const ffmpeg = async () => {
      const args = ['-nostdin', '-v', 'error', '-threads', '1', '-i', file, '-threads', '1', '-filter_threads', '1'];
      return (await command('ffmpeg', [...args, '-ac', '1', '-ar', '16000', '-f', 'f32le', '-y', '/dev/null'])).seconds;
    };
    const figures = await interleave({ voicelingua: ours, ffmpeg }, rounds);
    const speed = figures.ffmpeg.median / figures.voicelingua.median;
    results.push({
      subject: `${format}, 44.1 kHz stereo; peak RSS of the process ${resident.toFixed(0)} MB`,
      figures,
      unit: 's',
      ratio: speed,
      goal: '≥ 1.0 × ffmpeg’s speed, RSS ≤ 100 MB',
      met: speed >= 1 && resident <= 100,
    });
  }
  return results;
}
