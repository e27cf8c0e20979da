/** faster-whisper in a process of its own that stays, so that loading is no part of a run. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const SCRIPT = join(import.meta.dirname, 'faster_whisper_peer.py');

export class FasterWhisperPeer {
  #child;
  #lines;
  #errors = '';

  /** @param settings of faster_whisper.WhisperModel */
  static async start(python, model, settings) {
    const peer = new FasterWhisperPeer();
    peer.#child = spawn(python, [SCRIPT, model, JSON.stringify(settings)], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, HF_HUB_OFFLINE: '1' },
    });
    peer.#child.stderr.on('data', (chunk) => {
      peer.#errors = (peer.#errors + chunk).slice(-2000);
    });
    peer.#lines = createInterface({ input: peer.#child.stdout })[Symbol.asyncIterator]();
    await peer.#answer();
    return peer;
  }

  /** Seconds and texts; with `batchSize` by BatchedInferencePipeline, else file by file. */
  async transcribe(files, { batchSize = null, ...options } = {}) {
    this.#child.stdin.write(`${JSON.stringify({ files, batch_size: batchSize, options })}\n`);
    return await this.#answer();
  }

  stop() {
    this.#child.stdin.end();
    return new Promise((resolve) => {
      if (this.#child.exitCode !== null) resolve();
      else this.#child.once('exit', resolve);
    });
  }

  async #answer() {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`faster-whisper ended: ${this.#errors}`);
    return JSON.parse(value);
  }
}
