#!/usr/bin/env node
// Puts the addon that was built here into its platform package, ready for `npm publish prebuilds/<target>`.
// Binaries are never committed. Usage: node tools/pack/pack-prebuild.mjs [--cuda] [--check]
import { copyFileSync, existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { renderNotices } from '../build/third-party.mjs';

const PREFIX = '@voicelingua/';

/** What is wrong with the platform packages: a name, version, system or file list that does not fit; empty when all fit. */
export function checkPrebuilds(root) {
  const version = readManifest(root).version;
  const problems = [];
  for (const target of targets(root)) {
    const manifest = readManifest(join(root, 'prebuilds', target));
    const [platform, arch] = target.split('-');
    const wrong = (key, wanted) => {
      if (JSON.stringify(manifest[key]) !== JSON.stringify(wanted)) {
        problems.push(
          `prebuilds/${target}/package.json: ${key} is ${JSON.stringify(manifest[key])}, expected ${JSON.stringify(wanted)}`,
        );
      }
    };
    wrong('name', `${PREFIX}${target}`);
    wrong('version', version);
    wrong('os', [platform]);
    wrong('cpu', [arch]);
    wrong('libc', platform === 'linux' ? ['glibc'] : undefined);
    wrong('main', './voicelingua.node');
    if (manifest.scripts !== undefined)
      problems.push(`prebuilds/${target}/package.json: scripts run on install; there must be none`);
    for (const file of ['voicelingua.node', 'LICENSE', 'THIRD_PARTY.md', 'NOTICES.md']) {
      if (!manifest.files?.includes(file)) problems.push(`prebuilds/${target}/package.json: files lacks ${file}`);
    }
  }
  return problems;
}

export function targets(root) {
  return readdirSync(join(root, 'prebuilds'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

/** Copies binary, licences and the `notices` text into `prebuilds/<target>`; returns the binary's new place and size. */
export function packPrebuild(root, { cuda, notices, platform = process.platform, arch = process.arch }) {
  const target = `${platform}-${arch}${cuda ? '-cuda' : ''}`;
  if (!targets(root).includes(target)) throw new Error(`There is no package for ${target} under prebuilds/.`);
  const problems = checkPrebuilds(root);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const binary = join(root, cuda ? 'build-cuda' : 'build', 'Release', 'voicelingua.node');
  if (!existsSync(binary))
    throw new Error(`${binary} is not there. Build it first: npm run build:native${cuda ? ' -- --cuda' : ''}`);
  const stamp = JSON.parse(readFileSync(join(binary, '..', '..', 'native.json'), 'utf8'));
  if (stamp.portable !== true) {
    const flags = `${cuda ? '--cuda ' : ''}--portable`;
    throw new Error(`${binary} was built for this CPU alone. Build one to publish: npm run build:native -- ${flags}`);
  }
  const folder = join(root, 'prebuilds', target);
  const put = (from, name) => {
    const temporary = join(folder, `${name}.part`);
    copyFileSync(from, temporary);
    renameSync(temporary, join(folder, name));
  };
  put(join(root, 'LICENSE'), 'LICENSE');
  put(join(root, 'THIRD_PARTY.md'), 'THIRD_PARTY.md');
  writeFileSync(join(folder, 'NOTICES.md'), notices);
  put(binary, 'voicelingua.node');
  const path = join(folder, 'voicelingua.node');
  return { path, bytes: statSync(path).size };
}

if (process.argv[1] === import.meta.filename) {
  const root = join(import.meta.dirname, '..', '..');
  const { values } = parseArgs({
    options: { cuda: { type: 'boolean', default: false }, check: { type: 'boolean', default: false } },
  });
  try {
    if (values.check) {
      const problems = checkPrebuilds(root);
      if (problems.length > 0) throw new Error(problems.join('\n'));
      console.log(`${targets(root).length} platform packages fit version ${readManifest(root).version}.`);
    } else {
      const { path, bytes } = packPrebuild(root, { cuda: values.cuda, notices: renderNotices(root) });
      console.log(`${path} (${(bytes / 1e6).toFixed(1)} MB)`);
    }
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
