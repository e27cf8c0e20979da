import { createHash, randomBytes } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** Names of temporary files and folders tell who made them, so that what a killed process left behind is known as such. */
const PATTERN = /^\.?voicelingua-([0-9a-f]{8})-(\d+)-/;

let place: string | null = null;

/** This machine and its process-id namespace: only there does a process id mean something. */
function here(): string {
  place ??= createHash('sha256').update(`${hostname()} ${processNamespace()}`).digest('hex').slice(0, 8);
  return place;
}

function processNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

/** What names of this process's temporary folders begin with; a random tail is needed after it. */
export function temporaryPrefix(): string {
  return `voicelingua-${here()}-${process.pid}-`;
}

/** A name for a temporary file, not made of any other name, which may be as long as a name can be. */
export function temporaryName(): string {
  return `.${temporaryPrefix()}${randomBytes(8).toString('hex')}.tmp`;
}

const swept = new Set<string>();

/** Deletes what processes of this machine that are dead by now left in a folder; looks once in the life of this process. */
export async function sweepLeftovers(folder: string): Promise<void> {
  if (swept.has(folder)) return;
  swept.add(folder);
  for (const name of await readdir(folder).catch(() => [])) {
    const [, made, pid] = PATTERN.exec(name) ?? [];
    if (made !== here() || isAlive(Number(pid))) continue;
    await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
