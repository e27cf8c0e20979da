import { copyFileSync, existsSync, constants as fsConstants, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { hashTree } from './cache.mjs';
import { capture, run } from './process.mjs';
import { ObjectCounter } from './progress.mjs';

/** Crates whose build script compiles an engine, and what to call it. */
const ENGINES = { 'onednn-src': 'oneDNN', ct2rs: 'CTranslate2', 'sentencepiece-sys': 'SentencePiece' };

export const LIBRARY = process.platform === 'win32' ? 'voicelingua_rust.lib' : 'libvoicelingua_rust.a';

/** Hash of what the crate itself is compiled from. */
export function rustSourceHash(root) {
  const crate = join(root, 'native/rust');
  const parts = ['Cargo.toml', 'Cargo.lock', 'src', 'build.rs'].map((name) => join(crate, name));
  return hashTree(parts, undefined, root);
}

/** Facts that `cargo metadata` knows: folder of CTranslate2's headers, number of crates. */
export function crateFacts(root, tools, cuda) {
  const text = capture(
    tools.cargo,
    [
      'metadata',
      '--format-version=1',
      '--locked',
      '--manifest-path',
      join(root, 'native/rust/Cargo.toml'),
      ...(cuda ? ['--features', 'cuda'] : []),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  if (text === null)
    throw new Error('`cargo metadata --locked` failed: is native/rust/Cargo.lock in step with Cargo.toml?');
  const metadata = JSON.parse(text);
  const ct2rs = metadata.packages.find((entry) => entry.name === 'ct2rs');
  if (ct2rs === undefined) throw new Error('native/rust does not depend on ct2rs any more.');
  return {
    ct2Include: join(ct2rs.manifest_path, '..', 'CTranslate2', 'include'),
    crates: metadata.resolve.nodes.length,
  };
}

/**
 * Builds the static library in the shared cargo folder and copies it into the checkout. Cargo decides by time whether
 * the crate's sources changed, which is wrong between two checkouts in one folder; the hash of the sources as a --cfg
 * makes another content another build.
 */
export async function buildRust({ root, tools, cache, out, cuda, jobs, env, progress, crates }) {
  const args = [
    'rustc',
    '--release',
    '--lib',
    '--locked',
    '--manifest-path',
    join(root, 'native/rust/Cargo.toml'),
    '--message-format=json-render-diagnostics',
    ...(cuda ? ['--features', 'cuda'] : []),
    ...(jobs ? ['--jobs', String(jobs)] : []),
    '--',
    '--cfg',
    `voicelingua_source="${rustSourceHash(root)}"`,
  ];
  const seen = new Set();
  let current = 'crates';
  const counters = new Map();
  const report = () => {
    const engine = runningEngine(cache.cargo, seen, counters);
    if (engine === null) progress.update(current, Math.min(seen.size, crates), crates);
    else progress.update(engine.name, engine.done, engine.total);
  };
  const timer = setInterval(report, 1000);
  try {
    await run(tools.cargo, args, {
      cwd: join(root, 'native/rust'),
      env: { ...env, CARGO_TARGET_DIR: cache.cargo },
      onLine(line, stream) {
        if (stream === 'stdout' && line.startsWith('{')) {
          const message = JSON.parse(line);
          if (message.reason === 'compiler-artifact' && !message.target.kind.includes('custom-build')) {
            seen.add(crateName(message));
          }
          return '';
        }
        const compiling = /^\s*Compiling (\S+) v\S+/.exec(line);
        if (compiling) current = compiling[1];
        return line;
      },
    });
  } finally {
    clearInterval(timer);
  }
  mkdirSync(out, { recursive: true });
  const library = join(out, LIBRARY);
  const temporary = `${library}.${process.pid}`;
  copyFileSync(join(cache.cargo, 'release', LIBRARY), temporary, fsConstants.COPYFILE_FICLONE);
  renameSync(temporary, library);
  return library;
}

function crateName(message) {
  return message.target.name.replaceAll('_', '-') === 'ct2rs' ? 'ct2rs' : message.package_id;
}

/** The engine whose objects are growing now, or null. */
function runningEngine(directory, seen, counters) {
  const build = join(directory, 'release', 'build');
  let names = [];
  try {
    names = readdirSync(build);
  } catch {
    return null;
  }
  for (const [crate, name] of Object.entries(ENGINES)) {
    if ([...seen].some((id) => id === crate || id.includes(`#${crate}@`))) continue;
    for (const folder of names.filter((entry) => entry.startsWith(`${crate}-`))) {
      const tree = join(build, folder, 'out', 'build');
      if (!existsSync(tree)) continue;
      if (!counters.has(tree)) counters.set(tree, new ObjectCounter(tree));
      const { done, total } = counters.get(tree).count();
      if (total > 0 && done < total) return { name, done, total };
    }
  }
  return null;
}
