/** Room of the first piece, bytes; each has twice the room of the one before, up to the largest. */
const FIRST_PIECE = 4096;
const LARGEST_PIECE = 256 * 1024;

/**
 * A list of plain values that only grows, kept as JSON outside of V8's heap: thousands of objects that live for hours are copied by
 * the garbage collector, and make it take ever more memory for new ones. A value is read anew each time, and is the reader's own.
 */
export class JsonTape<T> implements Iterable<T> {
  readonly #pieces: Buffer[] = [];
  /** Of each value its piece, and where it begins and ends there. */
  readonly #places: number[] = [];
  #filled = 0;

  get length(): number {
    return this.#places.length / 3;
  }

  /** Adds a value; gives its index. */
  push(value: T): number {
    const text = JSON.stringify(value);
    const bytes = Buffer.byteLength(text);
    let piece = this.#pieces.at(-1);
    if (piece === undefined || piece.length - this.#filled < bytes) {
      const room = Math.min(LARGEST_PIECE, piece === undefined ? FIRST_PIECE : 2 * piece.length);
      piece = Buffer.allocUnsafeSlow(Math.max(room, bytes));
      this.#pieces.push(piece);
      this.#filled = 0;
    }
    const end = this.#filled + piece.write(text, this.#filled);
    this.#places.push(this.#pieces.length - 1, this.#filled, end);
    this.#filled = end;
    return this.length - 1;
  }

  /** @throws {RangeError} for an index that no value has */
  at(index: number): T {
    const piece = this.#pieces[this.#places[3 * index] ?? -1];
    if (piece === undefined) throw new RangeError(`no value ${index} of ${this.length}`);
    return JSON.parse(piece.toString('utf8', this.#places[3 * index + 1], this.#places[3 * index + 2])) as T;
  }

  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (let index = 0; index < this.length; index++) yield this.at(index);
  }
}
