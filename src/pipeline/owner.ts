import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process as far as another one can check whether it still lives. `null` where the system does not tell. */
interface ProcessIdentity {
  readonly host: string;
  /** `/etc/machine-id`: of the installation. */
  readonly machine: string | null;
  /** Of the running kernel: another one after every boot, the same in all containers on it. */
  readonly boot: string | null;
  /** Pid and time namespace: process ids and start times mean something inside one of each only. */
  readonly namespaces: string | null;
  readonly pid: number;
  /** Ticks from boot to the start of the process, which tell it from a later one with the same pid. */
  readonly start: string | null;
}

const VERSION = 'o1';
const PARTS = 8;
/** The number of the kernel's first pid namespace (PROC_PID_INIT_INO), which no container has. */
const FIRST_PID_NAMESPACE = 'pid:[4026531836]';

let own: ProcessIdentity | null = null;

/**
 * A name for this process among the users of a store, new with every call, from which another process on the same machine can
 * tell that it is dead ({@link isDead}).
 */
export function ownOwner(): string {
  own ??= identify();
  const { host, machine, boot, namespaces, pid, start } = own;
  const parts = [VERSION, host, machine ?? '', boot ?? '', namespaces ?? '', String(pid), start ?? ''];
  return [...parts.map(encodeURIComponent), randomBytes(6).toString('hex')].join(':');
}

/**
 * Whether the process behind a name is dead. True only when that is certain: seen from the same kernel and the same namespaces its
 * pid is free, a zombie's, or another process's. After another boot of the same machine it is dead too, but machines are told apart
 * by host name and machine id alone, which containers and their copies may share: so this holds outside of containers only.
 * Everything else, names of another form included, is not known to be dead, and the lease decides.
 */
export function isDead(owner: string): boolean {
  const other = parse(owner);
  own ??= identify();
  if (other === null || own.boot === null || other.boot === null || other.host !== own.host) return false;
  if (other.boot !== own.boot) return sameMachine(other, own);
  if (own.namespaces === null || other.namespaces !== own.namespaces) return false;
  return isGone(other.pid, other.start);
}

function sameMachine(other: ProcessIdentity, self: ProcessIdentity): boolean {
  const outside = (identity: ProcessIdentity): boolean =>
    identity.namespaces?.split(' ')[0] === FIRST_PID_NAMESPACE && identity.machine !== null;
  return outside(other) && outside(self) && other.machine === self.machine;
}

function isGone(pid: number, start: string | null): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ESRCH') return true;
    // EPERM: somebody else's process, which may well be the one.
    if (code !== 'EPERM') return false;
  }
  const stat = readStat(pid);
  if (stat === null) return false;
  if (start !== null && stat.start !== start) return true;
  // The first thread may have ended before the others of its process.
  return (stat.state === 'Z' || stat.state === 'X') && stat.threads <= 1;
}

function identify(): ProcessIdentity {
  return {
    host: hostname(),
    machine: readText('/etc/machine-id'),
    boot: readText('/proc/sys/kernel/random/boot_id'),
    namespaces: readNamespaces(),
    pid: process.pid,
    start: readStat(process.pid)?.start ?? null,
  };
}

function parse(owner: string): ProcessIdentity | null {
  const parts = owner.split(':');
  if (parts.length !== PARTS || parts[0] !== VERSION) return null;
  let decoded: string[];
  try {
    decoded = parts.map(decodeURIComponent);
  } catch {
    return null;
  }
  const [, host = '', machine, boot, namespaces, pid = '', start] = decoded;
  const known = (value: string | undefined): string | null => (value === undefined || value === '' ? null : value);
  // Signals to 0 and below would go to groups of processes.
  if (host === '' || !/^[1-9]\d{0,9}$/.test(pid)) return null;
  return {
    host,
    machine: known(machine),
    boot: known(boot),
    namespaces: known(namespaces),
    pid: Number(pid),
    start: known(start),
  };
}

function readNamespaces(): string | null {
  try {
    return `${readlinkSync('/proc/self/ns/pid')} ${readTimeNamespace()}`;
  } catch {
    return null;
  }
}

/** Kernels before 5.6 have none. */
function readTimeNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/time');
  } catch {
    return 'time:none';
  }
}

/** State, number of threads and start of a process: fields 3, 20 and 22 of its stat file, after its name, which may hold anything. */
function readStat(pid: number): { readonly state: string; readonly threads: number; readonly start: string } | null {
  const text = readText(`/proc/${pid}/stat`);
  if (text === null) return null;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, threads, start] = [fields[0], fields[17], fields[19]];
  if (state === undefined || threads === undefined || start === undefined) return null;
  return { state, threads: Number(threads), start };
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'latin1').trim() || null;
  } catch {
    return null;
  }
}
