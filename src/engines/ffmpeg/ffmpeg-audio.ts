import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { VoiceLinguaError } from '../../domain/errors.js';

/** Containers that ffmpeg may open for us: recordings, never playlists, scripts, devices or network protocols. */
const FORMATS = [
  'aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,avi,caf,dts,dtshd,eac3,flac,flv,gsm,matroska,webm,mov,mp3,mpc,mpc8,mpeg',
  'mpegts,mpegvideo,ogg,rm,shn,tak,tta,voc,w64,wav,wv',
].join(',');
const PROTOCOLS = 'file,pipe';
const STDERR_TAIL = 2_000;

/**
 * A recording decoded by the ffmpeg command to 16 kHz mono float32. Called without a shell, on a regular file that the
 * caller has checked, with a whitelist of protocols and containers.
 */
export class FfmpegAudio {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #path: string;
  #stderr = '';
  #rest: Buffer = Buffer.alloc(0);
  #ended = false;
  #samples = 0;
  #spawnError: Error | null = null;

  /** @param channel one of the first 64, from 0; −1 mixes all */
  constructor(command: string, path: string, channel = -1) {
    this.#path = path;
    const input = [
      '-nostdin',
      '-hide_banner',
      '-v',
      'error',
      '-protocol_whitelist',
      PROTOCOLS,
      '-format_whitelist',
      FORMATS,
    ];
    // As for integer output: a mono mix that cannot clip. Left to itself ffmpeg sums the channels of float output.
    const one = channel < 0 ? '' : `pan=mono|c0=c${channel},`;
    const filter = ['-af', `${one}aresample=16000:rematrix_maxval=1`, '-ac', '1', '-ar', '16000'];
    const output = ['-map', '0:a:0', '-vn', '-sn', '-dn', ...filter, '-f', 'f32le', 'pipe:1'];
    this.#child = spawn(command, [...input, '-i', `file:${path}`, ...output], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.on('error', (error) => {
      this.#spawnError = error;
    });
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString('utf8')).slice(-STDERR_TAIL);
    });
    this.#chunks = this.#child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** Up to `buffer.length` samples; 0 at the end. */
  async read(buffer: Float32Array): Promise<number> {
    while (this.#rest.length < 4 && !this.#ended) await this.#more();
    const count = Math.min(buffer.length, Math.floor(this.#rest.length / 4));
    for (let i = 0; i < count; i++) buffer[i] = this.#rest.readFloatLE(i * 4);
    this.#rest = this.#rest.subarray(count * 4);
    this.#samples += count;
    return count;
  }

  warnings(): string[] {
    const text = this.#stderr.trim();
    return text === '' ? [] : [`ffmpeg: ${lastLine(text)}`];
  }

  close(): void {
    this.#child.stdout.destroy();
    this.#child.kill('SIGKILL');
  }

  async #more(): Promise<void> {
    const { done, value } = await this.#chunks.next();
    if (!done) {
      this.#rest = this.#rest.length === 0 ? value : Buffer.concat([this.#rest, value]);
      return;
    }
    this.#ended = true;
    if (this.#child.exitCode === null && this.#child.signalCode === null && this.#spawnError === null) {
      await once(this.#child, 'close');
    }
    if (this.#spawnError !== null || (this.#child.exitCode !== 0 && this.#samples === 0 && this.#rest.length < 4)) {
      throw this.#failure();
    }
  }

  #failure(): VoiceLinguaError {
    const reason = this.#spawnError?.message ?? lastLine(this.#stderr.trim());
    if (/matches no streams|does not contain any stream/i.test(this.#stderr)) {
      return new VoiceLinguaError('INPUT_NO_AUDIO', `${this.#path} has no audio track.`, {
        details: { path: this.#path },
      });
    }
    return new VoiceLinguaError(
      'INPUT_UNSUPPORTED_FORMAT',
      `${this.#path} could not be read by the built-in decoder nor by ffmpeg (${reason}). Convert it to wav, mp3, m4a, flac or ogg.`,
      { details: { path: this.#path } },
    );
  }
}

function lastLine(text: string): string {
  return text.split('\n').at(-1)?.trim() ?? '';
}
