import { basename, dirname, extname, relative, sep } from 'node:path';

/** A recording or text file, with the folder that its text id is counted from. */
export interface Found {
  readonly path: string;
  readonly base: string;
}

const slashed = (path: string): string => path.split(sep).join('/');

/** The path below `base` with slashes, extension included. */
export const pathBelow = (base: string, path: string): string => slashed(relative(base, path));

/** The path below `base` without the extension. */
export function textIdBelow(base: string, path: string): string {
  const below = pathBelow(base, path);
  return below.slice(0, below.length - extname(below).length) || basename(path);
}

/**
 * Text ids, in order: the path below the base without the extension. Files that would share one take the path below their
 * common folder (or their base, when it is the same), with the extension if that is what tells them apart: outputs are
 * named after text ids.
 */
export function textIds(found: readonly Found[]): string[] {
  const ids = found.map(({ base, path }) => textIdBelow(base, path));
  // A name with its extension can be another file's name without: a second round tells those apart.
  return toldApart(found, toldApart(found, ids));
}

function toldApart(found: readonly Found[], ids: readonly string[]): string[] {
  const groups = new Map<string, number[]>();
  ids.forEach((id, index) => {
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [index]);
    else group.push(index);
  });
  const told = [...ids];
  for (const group of groups.values()) {
    if (group.length === 1) continue;
    const files = group.map((index) => found[index] as Found);
    const [first] = files as [Found, ...Found[]];
    const parent = files.every(({ base }) => base === first.base)
      ? first.base
      : commonFolder(files.map(({ path }) => path));
    const shared = files.map(({ path }) => textIdBelow(parent, path));
    const times = new Map<string, number>();
    for (const id of shared) times.set(id, (times.get(id) ?? 0) + 1);
    group.forEach((index, at) => {
      const id = shared[at] as string;
      told[index] = times.get(id) === 1 ? id : pathBelow(parent, (files[at] as Found).path);
    });
  }
  return told;
}

function commonFolder(paths: readonly string[]): string {
  let folder = dirname(paths[0] ?? sep);
  while (!paths.every((path) => path.startsWith(folder === sep ? sep : folder + sep))) folder = dirname(folder);
  return folder;
}
