import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One line that changes on a terminal, a line now and then elsewhere (CI logs, pipes). Messages go to stderr. */
export class Progress {
  #stream;
  #started = Date.now();
  #stage = '';
  #lastLine = 0;
  #open = false;
  #lastText = '';
  #base = null;

  constructor({ stream = process.stderr, quiet = false, lineEverySeconds = 15 } = {}) {
    this.#stream = stream;
    this.quiet = quiet;
    this.lineEverySeconds = lineEverySeconds;
  }

  note(text) {
    if (this.quiet) return;
    this.#clear();
    this.#stream.write(`${text}\n`);
  }

  stage(name) {
    this.#stage = name;
    this.#lastLine = Date.now();
    this.#lastText = '';
    this.#base = null;
    if (!this.#stream.isTTY) this.note(`[${clock(this.#started)}] ${name}`);
  }

  /** `detail` is the piece that is built now; `done` of `total` its steps. */
  update(detail, done, total) {
    if (this.quiet) return;
    const share = total > 0 ? ` ${done}/${total}` : '';
    if (this.#base === null || this.#base.detail !== detail) this.#base = { detail, done, at: Date.now() };
    const left = estimate(Date.now() - this.#base.at, done - this.#base.done, total - this.#base.done);
    const text = `[${clock(this.#started)}] ${this.#stage}: ${detail}${share}${left}`;
    if (this.#stream.isTTY) {
      const width = this.#stream.columns ?? 80;
      this.#stream.write(`\r\x1b[K${text.slice(0, width - 1)}`);
      this.#open = true;
    } else if (Date.now() - this.#lastLine >= this.lineEverySeconds * 1000 && text !== this.#lastText) {
      this.#lastLine = Date.now();
      this.#stream.write(`${text}\n`);
    }
    this.#lastText = text;
  }

  #clear() {
    if (this.#open) this.#stream.write('\r\x1b[K');
    this.#open = false;
  }

  end() {
    this.#clear();
  }
}

function clock(since) {
  const seconds = Math.floor((Date.now() - since) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

function estimate(elapsed, done, total) {
  if (!(done > 5 && total > done)) return '';
  const seconds = ((elapsed / done) * (total - done)) / 1000;
  return seconds < 60 ? ', under a minute left' : `, about ${Math.ceil(seconds / 60)} min left`;
}

/**
 * Objects a CMake build tree will compile and those that are there, from CMake's own dependency lists; oneDNN takes 385
 * of them and prints nothing for minutes.
 */
export class ObjectCounter {
  #objects = [];

  constructor(directory) {
    this.directory = directory;
  }

  count() {
    let done = this.#present();
    // Until the first object is there CMake may still be writing its lists.
    if (done === 0) {
      this.#objects = listObjects(this.directory);
      done = this.#present();
    }
    return { done, total: this.#objects.length };
  }

  #present() {
    return this.#objects.filter((object) => existsSync(object)).length;
  }
}

function listObjects(directory) {
  const objects = [];
  const visit = (path) => {
    let entries;
    try {
      entries = readdirSync(path, { withFileTypes: true });
    } catch {
      return;
    }
    for (const entry of entries) {
      const child = join(path, entry.name);
      if (entry.isDirectory()) visit(child);
      else if (entry.name === 'DependInfo.cmake') {
        for (const match of readFileSync(child, 'utf8').matchAll(/^\s*"[^"]+" "([^"]+\.(?:o|obj))"/gm)) {
          objects.push(join(directory, match[1]));
        }
      }
    }
  };
  visit(directory);
  const ninja = join(directory, 'build.ninja');
  if (objects.length === 0 && existsSync(ninja)) {
    for (const match of readFileSync(ninja, 'utf8').matchAll(/^build (\S+\.(?:o|obj)): /gm))
      objects.push(join(directory, match[1]));
  }
  return objects;
}
