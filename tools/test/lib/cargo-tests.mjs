import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { engineCache, readJson, withLock, writeJson } from '../../build/lib/cache.mjs';
import { capture, run } from '../../build/lib/process.mjs';
import { rustSourceHash } from '../../build/lib/rust.mjs';
import { findTools } from '../../build/lib/tools.mjs';

/** Sums of cargo's `test result:` lines, and the names of failed tests. */
export function parseCargo(lines) {
  let passed = 0;
  let failed = 0;
  const names = new Set();
  for (const line of lines) {
    const result = /^test result: \S+ (\d+) passed; (\d+) failed/.exec(line);
    if (result) {
      passed += Number(result[1]);
      failed += Number(result[2]);
    }
    const name = /^test (\S+) \.\.\. FAILED/.exec(line);
    if (name) names.add(name[1]);
  }
  return { passed, failed, names: [...names] };
}

/**
 * Tests of native/rust without the engines. Optimised, since decoding is tested on real recordings, with overflow checks
 * and debug assertions kept on.
 */
export async function runCargoTests({ root }) {
  const tools = findTools();
  const started = Date.now();
  if (tools.missing.length > 0)
    return {
      file: 'native/rust',
      passed: 0,
      failed: 1,
      problems: [tools.missing[0].detail],
      notes: [],
      output: '',
      seconds: 0,
    };
  const cache = engineCache({ root, tools, cuda: false });
  const target = join(cache.directory, 'cargo-test');
  mkdirSync(target, { recursive: true });
  const manifest = join(root, 'native/rust/Cargo.toml');
  const lines = [];
  const problems = [];
  try {
    await withLock(join(target, 'lock'), async () => {
      // Cargo compares times, not contents: another checkout's build in this folder must not pass for ours.
      const stamp = join(target, 'source.json');
      const source = rustSourceHash(root);
      if (readJson(stamp)?.source !== source) {
        capture(tools.cargo, ['clean', '-p', 'voicelingua-rust', '--manifest-path', manifest, '--target-dir', target]);
      }
      writeJson(stamp, { source });
      const args = [
        'test',
        '--locked',
        '--no-default-features',
        '--no-fail-fast',
        '--manifest-path',
        manifest,
        '--target-dir',
        target,
        '--config',
        'profile.dev.opt-level=2',
        '--config',
        'profile.dev.debug=false',
      ];
      await run(tools.cargo, args, {
        cwd: join(root, 'native/rust'),
        onLine: (line) => {
          lines.push(line);
        },
      });
    });
  } catch (error) {
    if (parseCargo(lines).failed === 0) problems.push(error.message);
  }
  const totals = parseCargo(lines);
  return {
    file: 'native/rust (cargo test)',
    passed: totals.passed,
    failed: totals.failed + problems.length,
    problems: [...problems, ...totals.names.map((name) => `failed: ${name}`)],
    notes: lines.flatMap((line) => /skipped: (.+)$/.exec(line)?.[1] ?? []),
    output: lines.join('\n'),
    seconds: (Date.now() - started) / 1000,
  };
}
