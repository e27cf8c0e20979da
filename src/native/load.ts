import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { VoiceLinguaError } from '../domain/errors.js';
import { PACKAGE_ROOT } from '../package/files.js';
import type { NativeBinding } from './binding.js';
import { type Candidate, type CandidateRequest, nativeCandidates, prebuiltTarget } from './candidates.js';
import { probeBinary } from './probe.js';

export interface LoadOptions {
  readonly device: 'cpu' | 'cuda';
  /** Folder of this package; for tests. */
  readonly root?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** The addon in use: where it came from, for `doctor`. */
export interface LoadedNative {
  readonly binding: NativeBinding;
  readonly path: string;
  readonly origin: 'override' | 'build' | 'prebuild' | 'package';
}

interface Attempt {
  readonly where: string;
  readonly reason: string;
}

const require = createRequire(import.meta.url);
/** Small and quantised, so that a trial run is quick and takes the kernels that real models take. */
const PROBE_MODEL = 'models/demo-stt/ggml-demo-stt.bin';

const loaded = new Map<string, LoadedNative>();

/**
 * The addon for a device, once per thread. A binary that this machine has not run before is tried in a child process
 * first.
 * @throws {VoiceLinguaError} `NATIVE_LOAD_FAILED`, naming what was tried and the way out; `DEVICE_UNAVAILABLE` when CUDA
 * is wanted and there is no CUDA addon at all.
 */
export function loadNative(options: LoadOptions): NativeBinding {
  return findNative(options).binding;
}

/** {@link loadNative} with the place that the addon came from. */
export function findNative({ device, root = PACKAGE_ROOT, env = process.env }: LoadOptions): LoadedNative {
  const key = `${device}\n${root}\n${env.VOICELINGUA_NATIVE ?? ''}`;
  const known = loaded.get(key);
  if (known !== undefined) return known;
  const request: CandidateRequest = {
    root,
    platform: process.platform,
    arch: process.arch,
    libc: process.platform === 'linux' ? linuxLibc() : null,
    device,
    override: env.VOICELINGUA_NATIVE,
  };
  const attempts: Attempt[] = [];
  for (const candidate of nativeCandidates(request)) {
    const found = tryCandidate(candidate, root, attempts);
    if (found === null) continue;
    loaded.set(key, found);
    return found;
  }
  throw loadError(request, attempts);
}

/**
 * Loads one binary as it is, without a trial, and gives it the error class.
 * @throws whatever the dynamic loader says.
 */
export function openBinary(path: string): NativeBinding {
  const binding = require(path) as NativeBinding;
  binding.initialize(VoiceLinguaError);
  return binding;
}

function tryCandidate(candidate: Candidate, root: string, attempts: Attempt[]): LoadedNative | null {
  const where = candidate.kind === 'file' ? candidate.path : candidate.name;
  const path = candidate.kind === 'file' ? candidate.path : resolvePackage(candidate.name, root, attempts);
  if (path === null) return null;
  if (!existsSync(path)) {
    attempts.push({ where, reason: 'not there' });
    return null;
  }
  const verdict = probeBinary(path, { model: join(root, PROBE_MODEL) });
  if (!verdict.ok) {
    attempts.push({ where, reason: verdict.reason });
    return null;
  }
  try {
    const origin = candidate.kind === 'file' ? candidate.origin : 'package';
    return { binding: openBinary(path), path, origin };
  } catch (error) {
    attempts.push({ where, reason: error instanceof Error ? error.message : String(error) });
    return null;
  }
}

/** The binary of an installed platform package of the same version as this one. */
function resolvePackage(name: string, root: string, attempts: Attempt[]): string | null {
  const from = createRequire(join(root, 'package.json'));
  let manifest: { version?: string; main?: string };
  let manifestPath: string;
  try {
    manifestPath = from.resolve(`${name}/package.json`);
    manifest = JSON.parse(readFileSync(manifestPath, 'utf8'));
  } catch {
    attempts.push({ where: name, reason: 'not installed' });
    return null;
  }
  const wanted: string = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;
  if (manifest.version !== wanted) {
    attempts.push({ where: name, reason: `it is version ${manifest.version}, this package needs ${wanted}` });
    return null;
  }
  return join(manifestPath, '..', manifest.main ?? 'voicelingua.node');
}

/** As detect-libc does it: musl's ldd says so. */
function linuxLibc(): 'glibc' | 'musl' {
  try {
    return readFileSync('/usr/bin/ldd', 'utf8').includes('musl') ? 'musl' : 'glibc';
  } catch {
    return existsSync('/etc/alpine-release') ? 'musl' : 'glibc';
  }
}

function loadError(request: CandidateRequest, attempts: readonly Attempt[]): VoiceLinguaError {
  const tried = attempts.map(({ where, reason }) => `  - ${where}: ${reason}`).join('\n');
  const ways = solutions(request, attempts)
    .map((way) => `  - ${way}`)
    .join('\n');
  const absent = attempts.every(({ reason }) => reason === 'not there' || reason === 'not installed');
  const noCuda = request.device === 'cuda' && absent && !request.override;
  return new VoiceLinguaError(
    noCuda ? 'DEVICE_UNAVAILABLE' : 'NATIVE_LOAD_FAILED',
    `${noCuda ? 'There is no CUDA addon' : 'The native addon could not be loaded'} for ${request.platform}-${request.arch}. Tried:\n${tried}\nWays out:\n${ways}`,
    { details: { attempts: attempts.map((attempt) => ({ ...attempt })), device: request.device } },
  );
}

function solutions(request: CandidateRequest, attempts: readonly Attempt[]): string[] {
  const reasons = attempts.map(({ reason }) => reason).join('\n');
  const cuda = request.device === 'cuda';
  if (request.override) return ['VOICELINGUA_NATIVE names a file that does not load: correct it or unset it.'];
  const ways = [`In a checkout: npm run build:native${cuda ? ' -- --cuda' : ''}`];
  const target = prebuiltTarget(request);
  if (target === null) {
    const system = request.libc === 'musl' ? 'musl systems' : `${request.platform}-${request.arch}`;
    ways.push(`No binary is published for ${system}${cuda ? ' with CUDA' : ''}: build it in a checkout.`);
  } else {
    ways.push(`Installed from npm: npm install @voicelingua/${target}`);
  }
  if (cuda) ways.push('Without a GPU: --device cpu');
  if (/GLIBC(XX)?_[\d.]+' not found/.test(reasons)) {
    ways.push("The system's C or C++ library is older than the binary's: build it on this machine.");
  }
  if (/libgomp/.test(reasons))
    ways.push('Install the OpenMP runtime: apt-get install libgomp1 (Debian), dnf install libgomp (Fedora).');
  if (/SIG(ILL|SEGV|ABRT)/.test(reasons))
    ways.push('A crash in the trial run means another CPU or compiler: build it on this machine.');
  return ways;
}
