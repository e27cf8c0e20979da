import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { engineCache, hashTree, readJson, withLock, writeJson } from '../../build/lib/cache.mjs';
import { run } from '../../build/lib/process.mjs';
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
 * Tests of native/rust without the engines, in the folder of the build: its dependencies are compiled there already. The
 * crate itself is compiled with overflow checks and debug assertions, its dependencies as they ship.
 */
export async function runCargoTests({ root }) {
  const started = Date.now();
  const lines = [];
  const problems = [];
  const tools = findTools();
  if (tools.missing.length > 0) problems.push(...tools.missing.map(({ detail }) => detail));
  else {
    const cache = engineCache({ root, tools, cuda: false });
    mkdirSync(cache.directory, { recursive: true });
    try {
      await withLock(cache.locks.cargo, () => test(root, tools, cache, lines));
    } catch (error) {
      if (parseCargo(lines).failed === 0) problems.push(error.message);
    }
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

async function test(root, tools, cache, lines) {
  forgetOtherSources(root, cache);
  const own = 'profile.release.package.voicelingua-rust';
  const settings = ['overflow-checks=true', 'debug-assertions=true'].flatMap((setting) => [
    '--config',
    `${own}.${setting}`,
  ]);
  const args = ['test', '--release', '--locked', '--no-default-features', '--no-fail-fast', ...settings];
  await run(tools.cargo, [...args, '--', '--show-output'], {
    cwd: join(root, 'native/rust'),
    env: { ...process.env, CARGO_TARGET_DIR: cache.cargo },
    keep: 1,
    onLine: (line) => {
      lines.push(line);
      return '';
    },
  });
}

/** Cargo compares times, not contents: what another checkout compiled in this folder must not pass for ours. */
function forgetOtherSources(root, cache) {
  const stamp = join(cache.directory, 'tested-source.json');
  const source = hashTree([join(root, 'native/rust')], (path) => path.endsWith('/target'), root);
  if (readJson(stamp)?.source === source) return;
  const fingerprints = join(cache.cargo, 'release', '.fingerprint');
  for (const name of existsSync(fingerprints) ? readdirSync(fingerprints) : []) {
    if (name.startsWith('voicelingua-rust-')) rmSync(join(fingerprints, name), { recursive: true, force: true });
  }
  writeJson(stamp, { source });
}
