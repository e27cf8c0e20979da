import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Root folder of this package: where its models and its package.json are. No slash at the end. */
export const PACKAGE_ROOT: string = packageRoot();

/** Version of this package. */
export function packageVersion(): string {
  return (JSON.parse(readFileSync(`${PACKAGE_ROOT}/package.json`, 'utf8')) as { version: string }).version;
}

/**
 * A module that is started by itself, as a thread or a child process, named by its path below `src` without the
 * extension: the source when the library runs from its sources, else what the build made of it (tools/build/bundle.mjs).
 * @param format extension of the built file
 */
export function entryUrl(name: string, format: 'js' | 'cjs' = 'js'): URL {
  const [folder, extension] = import.meta.url.endsWith('.ts') ? ['src', 'ts'] : ['dist', format];
  return new URL(`${folder}/${name}.${extension}`, rootUrl());
}

/** The build puts modules together into files at other depths than their sources, so the root is looked for. */
function rootUrl(): URL {
  for (let folder = new URL('.', import.meta.url); ; folder = new URL('..', folder)) {
    if (existsSync(new URL('package.json', folder)) || folder.pathname === '/') return folder;
  }
}

function packageRoot(): string {
  return fileURLToPath(rootUrl()).replace(/[/\\]$/, '');
}
