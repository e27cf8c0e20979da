/** Where an addon may be: a file, or an npm package whose main file it is. */
export type Candidate =
  | { readonly kind: 'file'; readonly path: string; readonly origin: 'override' | 'build' | 'prebuild' }
  | { readonly kind: 'package'; readonly name: string };

export interface CandidateRequest {
  /** Folder of this package: a checkout, or node_modules/voicelingua. */
  readonly root: string;
  readonly platform: string;
  readonly arch: string;
  /** Null where it does not matter (not Linux). */
  readonly libc: 'glibc' | 'musl' | null;
  readonly device: 'cpu' | 'cuda';
  /** Value of `VOICELINGUA_NATIVE`, a file to load instead of any other. */
  readonly override?: string | undefined;
}

/** Targets that are published as `@voicelingua/<target>`; one folder each under prebuilds/. */
export const PREBUILT_TARGETS: readonly string[] = [
  'linux-x64',
  'linux-x64-cuda',
  'linux-arm64',
  'darwin-arm64',
  'darwin-x64',
  'win32-x64',
];

/** `<platform>-<arch>[-cuda]`, or null where nothing is published (musl, other platforms). */
export function prebuiltTarget({
  platform,
  arch,
  libc,
  device,
}: Omit<CandidateRequest, 'root' | 'override'>): string | null {
  if (libc === 'musl') return null;
  const target = `${platform}-${arch}${device === 'cuda' ? '-cuda' : ''}`;
  return PREBUILT_TARGETS.includes(target) ? target : null;
}

/**
 * Where to look, first match first: the override alone when there is one; else a build in the checkout (who builds
 * wants that one), a binary put into prebuilds/, the platform's package.
 */
export function nativeCandidates(request: CandidateRequest): Candidate[] {
  if (request.override !== undefined && request.override !== '') {
    return [{ kind: 'file', path: request.override, origin: 'override' }];
  }
  const build = request.device === 'cuda' ? 'build-cuda' : 'build';
  const candidates: Candidate[] = [
    { kind: 'file', path: `${request.root}/${build}/Release/voicelingua.node`, origin: 'build' },
  ];
  const target = prebuiltTarget(request);
  if (target !== null) {
    candidates.push(
      { kind: 'file', path: `${request.root}/prebuilds/${target}/voicelingua.node`, origin: 'prebuild' },
      { kind: 'package', name: `@voicelingua/${target}` },
    );
  }
  return candidates;
}
