/** whisper-server as a contender. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const STARTS_IN_MS = 120_000;

export class WhisperServerPeer {
  #child;
  #port;
  #errors = '';

  static async start(program, args) {
    const peer = new WhisperServerPeer();
    peer.#port = await freePort();
    peer.#child = spawn(program, [...args, '--port', String(peer.#port)], { stdio: ['ignore', 'ignore', 'pipe'] });
    peer.#child.stderr.on('data', (chunk) => {
      peer.#errors = (peer.#errors + chunk).slice(-2000);
    });
    await peer.#ready();
    return peer;
  }

  /** The text of a file. Without a limit of time: a request may wait for all others. */
  async transcribe(file) {
    const boundary = 'voicelingua-bench';
    const field = (name, value) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${basename(file)}"\r\nContent-Type: audio/wav\r\n\r\n`;
    const body = Buffer.concat([
      Buffer.from(field('response_format', 'json') + head),
      readFileSync(file),
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]);
    const headers = { 'Content-Type': `multipart/form-data; boundary=${boundary}`, 'Content-Length': body.length };
    const { status, text } = await this.#send({ path: '/inference', method: 'POST', headers }, body);
    if (status !== 200) throw new Error(`whisper-server answered ${status}: ${text}`);
    return JSON.parse(text).text;
  }

  stop() {
    return new Promise((resolve) => {
      if (this.#child.exitCode !== null) resolve();
      this.#child.once('exit', resolve);
      this.#child.kill('SIGTERM');
    });
  }

  async #ready() {
    for (const until = Date.now() + STARTS_IN_MS; Date.now() < until; await sleep(50)) {
      if (this.#child.exitCode !== null) break;
      const { status } = await this.#send({ path: '/health' }).catch(() => ({ status: 0 }));
      if (status === 200) return;
    }
    throw new Error(`whisper-server does not start: ${this.#errors}`);
  }

  #send(options, body) {
    return new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port: this.#port, agent: false, ...options }, (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString('utf8') }),
        );
        response.on('error', reject);
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
