import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';

const PROC = '/proc';
/** Mode of a link in `/proc/<pid>/fd`: set when the file was opened for writing. */
const OWNER_WRITES = 0o200;

/**
 * Of some files, by their real paths, those that a process has open for writing. Linux tells it in `/proc`, of the processes
 * of the same user at least (of all for root); elsewhere none is known.
 */
export async function openForWriting(paths: ReadonlySet<string>): Promise<Set<string>> {
  const found = new Set<string>();
  if (process.platform !== 'linux' || paths.size === 0) return found;
  const processes = (await readdir(PROC).catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of processes) {
    const folder = join(PROC, pid, 'fd');
    // A process of somebody else, or one that has ended meanwhile.
    const links = await readdir(folder).catch(() => []);
    await Promise.all(
      links.map(async (link) => {
        try {
          const file = join(folder, link);
          const target = await readlink(file);
          if (paths.has(target) && ((await lstat(file)).mode & OWNER_WRITES) !== 0) found.add(target);
        } catch {
          // Closed meanwhile.
        }
      }),
    );
  }
  return found;
}
