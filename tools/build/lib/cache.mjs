import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { cpus, homedir, hostname } from 'node:os';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Variables that CMake, cc and cargo read: another value is another build. */
const BUILD_ENVIRONMENT = [
  'CC',
  'CXX',
  'CFLAGS',
  'CXXFLAGS',
  'CPPFLAGS',
  'LDFLAGS',
  'AR',
  'RUSTFLAGS',
  'CARGO_ENCODED_RUSTFLAGS',
  'CARGO_BUILD_TARGET',
  'CMAKE_TOOLCHAIN_FILE',
  'CMAKE_GENERATOR',
  'CMAKE_PREFIX_PATH',
  'CMAKE_INCLUDE_PATH',
  'CMAKE_LIBRARY_PATH',
  'LIBRARY_PATH',
  'CPATH',
  'MACOSX_DEPLOYMENT_TARGET',
  'SDKROOT',
];
const CUDA_ENVIRONMENT = ['CUDA_PATH', 'CUDA_ARCH_LIST', 'CUDACXX', 'CUDAToolkit_ROOT'];

export function digest(value) {
  return createHash('sha256')
    .update(typeof value === 'string' ? value : JSON.stringify(value))
    .digest('hex')
    .slice(0, 16);
}

/** `${XDG_CACHE_HOME:-~/.cache}/voicelingua`. */
export function cacheRoot(env = process.env) {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'voicelingua');
}

/** What the CPU is to a compiler asked for -march=native. */
export function cpuIdentity() {
  try {
    const first = readFileSync('/proc/cpuinfo', 'utf8').split('\n\n')[0];
    const wanted = /^(vendor_id|cpu family|model|model name|flags|Features|CPU implementer|CPU part)\s*:\s*(.*)$/gm;
    return [...first.matchAll(wanted)].map((match) => `${match[1]}=${match[2]}`).join('\n');
  } catch {
    return cpus()[0]?.model ?? process.arch;
  }
}

/** The crates that carry C++ engines: minutes of compilation, so these alone decide which folder is used. */
const ENGINE_CRATES = ['ct2rs', 'onednn-src', 'sentencepiece', 'sentencepiece-sys'];

/**
 * Pins of the engine crates, with how they are asked for. Cargo itself keeps track of everything else in its folder,
 * so a new version of a small crate reuses the engines that are there.
 */
export function cratePins(lock, manifest) {
  const versions = [...lock.matchAll(/\[\[package\]\]\nname = "([^"]+)"\nversion = "([^"]+)"/g)]
    .filter((match) => ENGINE_CRATES.includes(match[1]))
    .map((match) => `${match[1]} ${match[2]}`);
  const asked = ENGINE_CRATES.flatMap((name) => {
    const line = manifest.split('\n').find((entry) => entry.startsWith(`${name} =`)) ?? '';
    const settings = [...line.matchAll(/(?:default-)?features\s*=\s*(?:\[[^\]]*\]|\w+)/g)].map((match) => match[0]);
    return settings.map((setting) => `${name} ${setting.replace(/\s+/g, '')}`);
  });
  const profile = /^opt-level\s*=\s*\S+/m.exec(manifest)?.[0] ?? '';
  asked.push(profile.replace(/\s+/g, ''));
  return [...versions, ...asked];
}

/**
 * Pins, compilers and flags that the engines depend on, and the folder they hash to. The Rust side dispatches by CPU at
 * run time and is shared by all CPUs; ggml is compiled for this CPU alone (unless `portable`), so its folder carries the
 * CPU's hash too.
 */
export function engineCache({ root, tools, cuda, portable = false, env = process.env }) {
  const names = cuda ? [...BUILD_ENVIRONMENT, ...CUDA_ENVIRONMENT] : BUILD_ENVIRONMENT;
  const inputs = {
    platform: `${process.platform}-${process.arch}`,
    variant: cuda ? 'cuda' : 'cpu',
    whisper: JSON.parse(readFileSync(join(root, 'node_modules/nodejs-whisper/package.json'), 'utf8')).version,
    whisperGlue: readFileSync(join(root, 'vendor/whisper/CMakeLists.txt'), 'utf8'),
    crates: cratePins(
      readFileSync(join(root, 'native/rust/Cargo.lock'), 'utf8'),
      readFileSync(join(root, 'native/rust/Cargo.toml'), 'utf8'),
    ),
    compiler: tools.compiler,
    cmake: tools.cmakeVersion,
    rustc: tools.rustc,
    environment: names.filter((name) => env[name]).map((name) => `${name}=${env[name]}`),
  };
  const { whisper, whisperGlue, ...rust } = inputs;
  const { crates, rustc, ...ggml } = inputs;
  const base = cacheRoot(env);
  const cargoKey = digest(rust);
  return {
    base,
    key: cargoKey,
    directory: join(base, cargoKey),
    cargo: join(base, cargoKey, 'cargo'),
    whisper: join(base, cargoKey, `whisper-${digest({ ...ggml, cpu: portable ? 'portable' : cpuIdentity() })}`),
    whisperVersion: whisper,
    locks: { cargo: join(base, cargoKey, 'cargo.lock'), whisper: join(base, cargoKey, 'whisper.lock') },
  };
}

/**
 * Hash of files and folders (recursive, sorted): contents, and names relative to `base`. Missing ones count as empty.
 */
export function hashTree(paths, ignore = () => false, base = '') {
  const hash = createHash('sha256');
  const visit = (path) => {
    if (!existsSync(path) || ignore(path)) return;
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) visit(join(path, name));
    } else {
      hash.update(relative(base, path)).update('\0').update(readFileSync(path)).update('\0');
    }
  };
  for (const path of paths) visit(path);
  return hash.digest('hex').slice(0, 16);
}

export function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

/** Written to a temporary name and renamed: a stamp is there whole or not at all. */
export function writeJson(path, value) {
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify(value, null, 2)}\n`);
  renameSync(temporary, path);
}

/** Size and time of a file: enough to see that it was replaced. */
export function fileMark(path) {
  try {
    const { size, mtimeMs } = statSync(path);
    return `${size}:${Math.round(mtimeMs)}`;
  } catch {
    return null;
  }
}

/** Start time of a process in clock ticks (Linux), so that a reused process id is not taken for the owner. */
function startTime(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return null;
  }
}

function alive(owner) {
  if (owner.host !== hostname()) return true;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if (error.code === 'ESRCH') return false;
  }
  return owner.started === null || startTime(owner.pid) === owner.started;
}

/**
 * Runs `work` while holding the lock file `path`. A lock whose process is gone is taken over; a living owner is waited for
 * (`onWait(pid)` is called once).
 */
export async function withLock(path, work, onWait = () => {}) {
  const mine = JSON.stringify({ pid: process.pid, host: hostname(), started: startTime(process.pid) });
  let told = false;
  for (;;) {
    try {
      const file = openSync(path, 'wx');
      writeFileSync(file, mine);
      closeSync(file);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const seen = readText(path);
    const owner = parseOwner(seen);
    // An empty lock is one being written just now, or one whose writer died in between: only age tells.
    const stale = owner === null ? ageSeconds(path) > 10 : !alive(owner);
    if (stale) {
      const aside = `${path}.stale-${process.pid}`;
      try {
        renameSync(path, aside);
        if (readText(aside) !== seen) renameSync(aside, path);
        else rmSync(aside, { force: true });
      } catch (error) {
        if (error.code !== 'ENOENT') throw error;
      }
      continue;
    }
    if (!told && owner !== null) onWait(owner.pid);
    told = true;
    await sleep(500);
  }
  const release = () => {
    if (readText(path) === mine) rmSync(path, { force: true });
  };
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.removeListener('exit', release);
    release();
  }
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function parseOwner(text) {
  try {
    const owner = JSON.parse(text ?? '');
    return typeof owner.pid === 'number' ? owner : null;
  } catch {
    return null;
  }
}

function ageSeconds(path) {
  try {
    return (Date.now() - statSync(path).mtimeMs) / 1000;
  } catch {
    return 0;
  }
}
