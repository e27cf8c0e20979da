import type { VoiceLingua } from '../api.js';
import { pathBelow, textIdBelow } from '../text-ids.js';

/**
 * Text ids of the files in a watched folder: the path without the extension for the first file that has it, with the
 * extension for others. They stay the same over restarts: whose id it is, is asked of the store then.
 */
export class WatchedIds {
  readonly #folder: string;
  readonly #lingua: Pick<VoiceLingua, 'tasks'>;
  readonly #owners = new Map<string, string>();

  constructor(folder: string, lingua: Pick<VoiceLingua, 'tasks'>) {
    this.#folder = folder;
    this.#lingua = lingua;
  }

  /** Ids for files that came together, in order. */
  async idsOf(paths: readonly string[]): Promise<string[]> {
    const claims = new Map<string, string[]>();
    for (const path of paths) {
      const id = textIdBelow(this.#folder, path);
      const claim = claims.get(id);
      if (claim === undefined) claims.set(id, [path]);
      else claim.push(path);
    }
    for (const [id, [first, ...others]] of claims) {
      if (first === undefined || this.#owners.has(id)) continue;
      this.#owners.set(id, others.length === 0 ? first : ((await this.#storedOwner(id, [first, ...others])) ?? first));
    }
    return paths.map((path) => {
      const id = textIdBelow(this.#folder, path);
      return this.#owners.get(id) === path ? id : pathBelow(this.#folder, path);
    });
  }

  removed(path: string): void {
    const id = textIdBelow(this.#folder, path);
    if (this.#owners.get(id) === path) this.#owners.delete(id);
  }

  async #storedOwner(textId: string, paths: readonly string[]): Promise<string | undefined> {
    const [newest] = await this.#lingua.tasks({ textId, limit: 1 });
    return paths.find((path) => path === newest?.audioPath);
  }
}
