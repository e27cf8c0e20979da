/** The ctranslate2 wheel in a process of its own that stays, so that loading is no part of a run. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const SCRIPT = join(import.meta.dirname, 'wheel_peer.py');

export class WheelPeer {
  #child;
  #lines;
  #errors = '';

  /** @param settings of ctranslate2.Translator */
  static async start(python, model, settings) {
    const peer = new WheelPeer();
    peer.#child = spawn(python, [SCRIPT, model, JSON.stringify(settings)], { stdio: ['pipe', 'pipe', 'pipe'] });
    peer.#child.stderr.on('data', (chunk) => {
      peer.#errors = (peer.#errors + chunk).slice(-2000);
    });
    peer.#lines = createInterface({ input: peer.#child.stdout })[Symbol.asyncIterator]();
    await peer.#answer();
    return peer;
  }

  /**
   * Seconds and tokens.
   * @param calls `one`, `each` or `together`, see the script
   * @param options of translate_batch
   */
  async translate(rows, calls, options) {
    const request = {
      rows: rows.map(({ tokens }) => tokens),
      prefixes: rows.map(({ prefix }) => prefix),
      calls,
      options,
    };
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
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
    if (done) throw new Error(`the wheel ended: ${this.#errors}`);
    return JSON.parse(value);
  }
}
