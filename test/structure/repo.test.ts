import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const root = join(import.meta.dirname, '..', '..');
const { renderThirdParty } = await import(new URL('../../tools/build/third-party.mjs', import.meta.url).href);

const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
  .split('\0')
  .filter((file) => file !== '' && existsSync(join(root, file)));
const TEXT = /\.(ts|mts|js|mjs|cjs|json|md|cc|h|rs|toml|py|txt|cmake|yml|yaml|gyp|sh|lock)$|^[^.]+$|\/[A-Z][A-Za-z]+$/;
const textFiles = tracked.filter((file) => TEXT.test(file) && !file.startsWith('models/'));
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const manifest = JSON.parse(read('package.json'));

/** Lines of tracked text files that match, as `file:line: text`. */
function linesMatching(pattern: RegExp, files: readonly string[]): string[] {
  return files.flatMap((file) =>
    read(file)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.trim().slice(0, 120)}`] : [])),
  );
}

test('no file names a place on the machine that wrote it', () => {
  const home = ['root', 'home/[a-z][a-z0-9_-]*', 'Users/[A-Za-z]+', 'work/(main|shared)'].join('|');
  const pattern = new RegExp(`(^|[\\s"'\`(=:])/(${home})/`);
  const sample = ['', 'home', 'ann', 'file'].join('/');
  assert.ok(pattern.test(`open('${sample}')`) && !pattern.test(`https://example.org${sample}`));
  assert.equal(linesMatching(pattern, textFiles), []);
});

test('the lock files name no registry host', () => {
  const lock = JSON.parse(read('package-lock.json'));
  const resolved = Object.entries<{ resolved?: string }>(lock.packages).filter(
    ([, entry]) => entry.resolved !== undefined,
  );
  assert.equal(resolved, []);
  assert.equal(existsSync(join(root, '.npmrc')), false);
  const sources = new Set([...read('native/rust/Cargo.lock').matchAll(/^source = "(.*)"$/gm)].map((match) => match[1]));
  assert.equal([...sources], ['registry+https://github.com/rust-lang/crates.io-index']);
});

test('dependencies are exact and locked with a hash', () => {
  const lock = JSON.parse(read('package-lock.json'));
  for (const group of ['dependencies', 'devDependencies'] as const) {
    for (const [name, version] of Object.entries<string>(manifest[group])) {
      assert.match(version, /^\d+\.\d+\.\d+$/, name);
      const entry = lock.packages[`node_modules/${name}`];
      assert.is(entry?.version, version, name);
      assert.match(entry.integrity, /^sha512-/, name);
      assert.is(lock.packages[''][group][name], version, name);
    }
  }
  const crates = read('native/rust/Cargo.toml').split('[dependencies]')[1]?.split('\n[')[0] ?? '';
  for (const line of crates.split('\n').filter((text) => text.includes('='))) {
    if (!line.startsWith('#')) assert.match(line, /"=\d+\.\d+\.\d+"/, line);
  }
});

test('every direct dependency has its reason in docs/dependencies.md', () => {
  const docs = read('docs/dependencies.md');
  const crates = (read('native/rust/Cargo.toml').split('[dependencies]')[1]?.split('\n[')[0] ?? '')
    .split('\n')
    .flatMap((line) => /^([\w-]+)\s*=/.exec(line)?.[1] ?? []);
  const names = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.devDependencies), ...crates];
  const absent = names.filter((name) => !docs.includes(name.startsWith('@types/') ? '@types/' : name));
  assert.equal(absent, []);
  const versions = { ...manifest.dependencies, ...manifest.devDependencies };
  for (const [name, version] of Object.entries<string>(versions)) {
    if (!name.startsWith('@types/'))
      assert.ok(docs.includes(`${name} ${version}`), `docs/dependencies.md: ${name} ${version}`);
  }
});

test('THIRD_PARTY.md is what the lock files say', () => {
  assert.is(read('THIRD_PARTY.md'), renderThirdParty(root), 'run: node tools/build/third-party.mjs');
});

test('what package.json ships is there, licence included', () => {
  for (const file of ['LICENSE', 'README.md', 'THIRD_PARTY.md']) assert.ok(manifest.files.includes(file), file);
  for (const entry of manifest.files as string[]) {
    if (entry !== 'dist')
      assert.ok(
        tracked.some((file) => file === entry || file.startsWith(`${entry}/`)),
        entry,
      );
  }
  assert.ok(manifest.files.includes('dist'));
  for (const path of Object.values<string>(manifest.bin)) {
    assert.ok(tracked.includes(path), path);
    assert.match(read(path), /^#!\/usr\/bin\/env node/);
  }
  assert.match(read('LICENSE'), 'MIT');
  assert.is(manifest.license, 'MIT');
});

test('no binary, build output or upstream tree is committed', () => {
  const wrong = tracked.filter((file) =>
    /\.(node|a|so|o|dylib|dll|lib)$|(^|\/)(node_modules|dist|target)\//.test(file),
  );
  assert.equal(wrong, []);
  const upstream = tracked.filter((file) => /whisper\.cpp\/|CTranslate2\/|oneDNN\/|(^|\/)ggml\//.test(file));
  assert.equal(upstream, []);
});

test('every script that package.json names exists', () => {
  for (const [name, command] of Object.entries<string>(manifest.scripts)) {
    for (const [path] of command.matchAll(/\b(tools|bin|bench)\/[\w./-]+/g))
      assert.ok(tracked.includes(path), `${name}: ${path}`);
    for (const [, script] of command.matchAll(/npm run ([\w:]+)/g)) {
      assert.ok(manifest.scripts[script as string] !== undefined, `${name}: npm run ${script}`);
    }
  }
});

test('no test is left out by .skip or .only', () => {
  const pattern = new RegExp(`\\b(test|suite|\\w+)\\.(${['skip', 'only'].join('|')})\\(`);
  assert.equal(
    linesMatching(
      pattern,
      tracked.filter((file) => file.endsWith('.test.ts')),
    ),
    [],
  );
});

test('links between the documents lead somewhere', () => {
  const broken: string[] = [];
  for (const file of tracked.filter((name) => name.endsWith('.md'))) {
    for (const [, target] of read(file).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
      if (target === undefined || /^[a-z]+:/.test(target)) continue;
      if (!existsSync(join(root, file, '..', target))) broken.push(`${file}: ${target}`);
    }
  }
  assert.equal(broken, []);
});

test.run();
