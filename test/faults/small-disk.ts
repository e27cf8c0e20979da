import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { withFolder } from '../store/support.js';

/**
 * Runs an action in a file system of its own that has so many bytes; says why where none can be mounted.
 */
export function withSmallDisk(bytes: number, action: (folder: string) => Promise<void>): Promise<void> {
  return withFolder(async (folder) => {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) {
      console.log('skipped: a small disk needs root on Linux');
      return;
    }
    const disk = path.join(folder, 'disk');
    mkdirSync(disk);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', disk], { encoding: 'utf8' });
    if (mounted.status !== 0) {
      console.log(`skipped: mounting is not allowed here (${(mounted.stderr || String(mounted.error)).trim()})`);
      return;
    }
    try {
      await action(disk);
    } finally {
      spawnSync('umount', ['-l', disk]);
    }
  });
}
