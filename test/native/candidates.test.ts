import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Candidate,
  type CandidateRequest,
  nativeCandidates,
  PREBUILT_TARGETS,
  prebuiltTarget,
} from '../../src/native/candidates.js';

const request: CandidateRequest = { root: '/app', platform: 'linux', arch: 'x64', libc: 'glibc', device: 'cpu' };

function names(candidates: readonly Candidate[]): string[] {
  return candidates.map((candidate) => (candidate.kind === 'file' ? candidate.path : candidate.name));
}

const TABLE: ReadonlyArray<readonly [string, Partial<CandidateRequest>, readonly string[]]> = [
  [
    'Linux',
    {},
    ['/app/build/Release/voicelingua.node', '/app/prebuilds/linux-x64/voicelingua.node', '@voicelingua/linux-x64'],
  ],
  [
    'Linux with CUDA never falls back to the CPU addon',
    { device: 'cuda' },
    [
      '/app/build-cuda/Release/voicelingua.node',
      '/app/prebuilds/linux-x64-cuda/voicelingua.node',
      '@voicelingua/linux-x64-cuda',
    ],
  ],
  ['musl has local builds only', { libc: 'musl' }, ['/app/build/Release/voicelingua.node']],
  ['arm64 has no CUDA package', { arch: 'arm64', device: 'cuda' }, ['/app/build-cuda/Release/voicelingua.node']],
  [
    'macOS',
    { platform: 'darwin', arch: 'arm64', libc: null },
    [
      '/app/build/Release/voicelingua.node',
      '/app/prebuilds/darwin-arm64/voicelingua.node',
      '@voicelingua/darwin-arm64',
    ],
  ],
  ['an unknown platform', { platform: 'freebsd', libc: null }, ['/app/build/Release/voicelingua.node']],
  ['the override stands alone', { override: '/mine/x.node' }, ['/mine/x.node']],
  [
    'an empty override is none',
    { override: '' },
    ['/app/build/Release/voicelingua.node', '/app/prebuilds/linux-x64/voicelingua.node', '@voicelingua/linux-x64'],
  ],
];

for (const [name, change, expected] of TABLE) {
  test(`candidates: ${name}`, () => {
    assert.equal(names(nativeCandidates({ ...request, ...change })), expected);
  });
}

test('every published target is reached from its own platform', () => {
  const reached = new Set<string>();
  for (const platform of ['linux', 'darwin', 'win32', 'freebsd']) {
    for (const arch of ['x64', 'arm64', 'ia32']) {
      for (const device of ['cpu', 'cuda'] as const) {
        const target = prebuiltTarget({ platform, arch, libc: platform === 'linux' ? 'glibc' : null, device });
        if (target !== null) reached.add(target);
      }
    }
  }
  assert.equal([...reached].sort(), [...PREBUILT_TARGETS].sort());
});

test.run();
