#!/usr/bin/env node
// Writes THIRD_PARTY.md: what ships inside the addon and what npm installs beside it, under which licences. `--check`
// compares instead of writing; `--notices` prints the licence texts that go along with a binary.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { capture } from './lib/process.mjs';

/**
 * C and C++ code that is compiled into the addon from inside a package: what, licence, the package it comes with and the
 * file there that holds the terms. No registry knows these, so they are listed by hand and their files are checked.
 */
const BUNDLED = [
  ['whisper.cpp and ggml', 'MIT', 'npm:nodejs-whisper', 'cpp/whisper.cpp/LICENSE'],
  ['CTranslate2', 'MIT', 'crate:ct2rs', 'CTranslate2/LICENSE'],
  ['cpu_features (CTranslate2)', 'Apache-2.0', 'crate:ct2rs', 'CTranslate2/third_party/cpu_features/LICENSE'],
  ['spdlog and fmt (CTranslate2)', 'MIT', 'crate:ct2rs', 'CTranslate2/third_party/spdlog/LICENSE'],
  ['BS::thread_pool (CTranslate2)', 'MIT', 'crate:ct2rs', 'CTranslate2/third_party/BS_thread_pool.hpp', 14],
  ['avx_mathfun (CTranslate2)', 'MIT', 'crate:ct2rs', 'CTranslate2/third_party/avx_mathfun.h', 32],
  ['oneDNN', 'Apache-2.0', 'crate:onednn-src', 'oneDNN/LICENSE'],
  ['Xbyak and others (oneDNN)', 'BSD-3-Clause and others', 'crate:onednn-src', 'oneDNN/THIRD-PARTY-PROGRAMS'],
  ['SentencePiece', 'Apache-2.0', 'crate:sentencepiece-sys', 'source/LICENSE'],
  [
    'Protocol Buffers lite (SentencePiece)',
    'BSD-3-Clause',
    'crate:sentencepiece-sys',
    'source/third_party/protobuf-lite/LICENSE',
  ],
  ['Abseil (SentencePiece)', 'Apache-2.0', 'crate:sentencepiece-sys', 'source/third_party/absl/LICENSE'],
  ['Darts-clone (SentencePiece)', 'BSD-2-Clause', 'crate:sentencepiece-sys', 'source/third_party/darts_clone/LICENSE'],
  ['esaxx (SentencePiece)', 'MIT', 'crate:sentencepiece-sys', 'source/third_party/esaxx/LICENSE'],
  ['node-addon-api', 'MIT', 'npm:node-addon-api', 'LICENSE.md'],
];

/** Crates linked into the static library, on any platform; procedural macros and build scripts' crates are not in it. */
export function linkedCrates(metadata) {
  const packages = new Map(metadata.packages.map((entry) => [entry.id, entry]));
  const nodes = new Map(metadata.resolve.nodes.map((node) => [node.id, node]));
  const seen = new Set();
  const visit = (id) => {
    const entry = packages.get(id);
    if (seen.has(id) || entry.targets.some((target) => target.kind.includes('proc-macro'))) return;
    seen.add(id);
    for (const dependency of nodes.get(id).deps) {
      if (dependency.dep_kinds.some(({ kind }) => kind === null)) visit(dependency.pkg);
    }
  };
  visit(metadata.resolve.root);
  seen.delete(metadata.resolve.root);
  return [...seen]
    .map((id) => packages.get(id))
    .map((entry) => ({
      name: entry.name,
      version: entry.version,
      licence: entry.license ?? '',
      folder: dirname(entry.manifest_path),
    }))
    .sort((left, right) =>
      left.name === right.name ? (left.version < right.version ? -1 : 1) : left.name < right.name ? -1 : 1,
    );
}

/** Packages that `npm install voicelingua` brings: those of the lock file that are not for development only. */
export function installedPackages(lock) {
  return Object.entries(lock.packages)
    .filter(([path, entry]) => path !== '' && entry.dev !== true)
    .map(([path, entry]) => ({
      name: path.slice(path.lastIndexOf('node_modules/') + 13),
      version: entry.version,
      licence: entry.license ?? '',
    }))
    .sort((left, right) => (`${left.name} ${left.version}` < `${right.name} ${right.version}` ? -1 : 1));
}

/** The licence file to pass on: of a choice that includes MIT, the MIT text, since it names the authors. */
function licenceText(folder) {
  const names = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => /^(licen[cs]e|copying)/i.test(name))
        .sort()
    : [];
  const chosen =
    names.find((name) => /mit/i.test(name)) ?? names.find((name) => !/apache|unicode/i.test(name)) ?? names[0];
  return chosen === undefined ? null : normalise(readFileSync(join(folder, chosen), 'utf8'));
}

function normalise(text) {
  return text
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trim();
}

function table(rows, head) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function readSources(root) {
  const text = capture(process.env.CARGO || 'cargo', [
    'metadata',
    '--format-version=1',
    '--locked',
    '--manifest-path',
    join(root, 'native/rust/Cargo.toml'),
  ]);
  if (text === null) throw new Error('`cargo metadata --locked` failed for native/rust.');
  const metadata = JSON.parse(text);
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const crate = (name) => metadata.packages.find((entry) => entry.name === name);
  const locate = (origin) => {
    const [kind, name] = origin.split(':');
    if (kind === 'npm')
      return { folder: join(root, 'node_modules', name), version: lock.packages[`node_modules/${name}`].version };
    return { folder: dirname(crate(name).manifest_path), version: crate(name).version };
  };
  return { crates: linkedCrates(metadata), installed: installedPackages(lock), locate };
}

/** Licence texts of everything that is compiled into the addon, each once, under the names that it is for. */
export function renderNotices(root) {
  const { crates, locate } = readSources(root);
  const texts = new Map();
  const add = (name, content) => texts.set(content, [...(texts.get(content) ?? []), name]);
  for (const [name, , origin, file, lines] of BUNDLED) {
    const whole = readFileSync(join(locate(origin).folder, file), 'utf8');
    add(name, normalise(lines === undefined ? whole : whole.split('\n').slice(0, lines).join('\n')));
  }
  for (const crate of crates) {
    add(
      `${crate.name} ${crate.version}`,
      licenceText(crate.folder) ?? `Licence: ${crate.licence}. The crate comes without a licence file.`,
    );
  }
  const sections = [...texts].map(
    ([content, names]) => `## ${names.join(', ')}\n\n\`\`\`text\n${content.replaceAll('```', "'''")}\n\`\`\``,
  );
  return `# Licence texts of the software in this addon\n\n${sections.join('\n\n')}\n`;
}

/** The tables of THIRD_PARTY.md. */
export function renderThirdParty(root) {
  const { crates, installed, locate } = readSources(root);
  return `# Third-party software

Written by \`node tools/build/third-party.mjs\` from the lock files; do not edit. VoiceLingua itself is under the MIT
licence (\`LICENSE\`). Everything below is used unmodified. The addon links the C and C++ runtimes and the compiler's OpenMP
runtime (libgomp: GPL-3.0 with the GCC Runtime Library Exception) from the system; they are not shipped. The CUDA addon also
uses NVIDIA's CUDA runtime and cuBLAS under their own terms.

## Compiled into the addon

${table(
  BUNDLED.map(([name, licence, origin]) => [name, licence, `${origin.replace(':', ' ')} ${locate(origin).version}`]),
  ['C and C++', 'Licence', 'Comes with'],
)}

${table(
  crates.map(({ name, version, licence }) => [name, version, licence]),
  ['Rust crate', 'Version', 'Licence'],
)}

Crates under MPL-2.0 are used as published; their source is in the Rust registry under the versions above. The licence
texts go into every platform package (\`NOTICES.md\`, printed by \`node tools/build/third-party.mjs --notices\`).

## Installed by npm beside it

${table(
  installed.map(({ name, version, licence }) => [name, version, licence]),
  ['Package', 'Version', 'Licence'],
)}

Their licence texts come inside the packages. \`better-sqlite3\` contains SQLite (public domain).
`;
}

if (process.argv[1] === import.meta.filename) {
  const root = join(import.meta.dirname, '..', '..');
  const path = join(root, 'THIRD_PARTY.md');
  const wanted = renderThirdParty(root);
  if (process.argv.includes('--notices')) process.stdout.write(renderNotices(root));
  else if (!process.argv.includes('--check')) writeFileSync(path, wanted);
  else if (!existsSync(path) || readFileSync(path, 'utf8') !== wanted) {
    console.error('THIRD_PARTY.md is out of date: node tools/build/third-party.mjs');
    process.exit(1);
  }
}
