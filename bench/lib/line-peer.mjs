/** A peer in a process of its own that stays, so that loading is no part of a run: a request and an answer are a line of JSON each. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export class LinePeer {
  #name;
  #child;
  #lines;
  #errors = '';

  /**
   * Starts it and waits for its first answer, which says that it is ready.
   * @param name for errors
   */
  static async start(name, file, args, env = {}) {
    const peer = new LinePeer();
    peer.#name = name;
    peer.#child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    peer.#child.stderr.on('data', (chunk) => {
      peer.#errors = (peer.#errors + chunk).slice(-2000);
    });
    peer.#lines = createInterface({ input: peer.#child.stdout })[Symbol.asyncIterator]();
    await peer.#answer();
    return peer;
  }

  async ask(request) {
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
    if (done) throw new Error(`${this.#name} ended: ${this.#errors}`);
    return JSON.parse(value);
  }
}
