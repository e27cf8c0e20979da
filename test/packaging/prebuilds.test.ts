import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PREBUILT_TARGETS } from '../../src/native/candidates.js';

const root = join(import.meta.dirname, '..', '..');
const { checkPrebuilds, packPrebuild, targets } = await import(
  new URL('../../tools/pack/pack-prebuild.mjs', import.meta.url).href
);

const test = suite<{ copy: string }>('prebuilds');

test.before.each((context) => {
  context.copy = mkdtempSync(join(tmpdir(), 'voicelingua-pack-'));
  cpSync(join(root, 'prebuilds'), join(context.copy, 'prebuilds'), { recursive: true });
  for (const file of ['package.json', 'LICENSE', 'THIRD_PARTY.md']) cpSync(join(root, file), join(context.copy, file));
});

test.after.each(({ copy }) => {
  rmSync(copy, { recursive: true, force: true });
});

function edit(copy: string, target: string, change: Record<string, unknown>): void {
  const path = join(copy, 'prebuilds', target, 'package.json');
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...change }));
}

function build(copy: string, portable: boolean): void {
  mkdirSync(join(copy, 'build', 'Release'), { recursive: true });
  writeFileSync(join(copy, 'build', 'Release', 'voicelingua.node'), 'binary');
  writeFileSync(join(copy, 'build', 'native.json'), JSON.stringify({ portable }));
}

test('the platform packages fit the root package and the loader', () => {
  assert.equal(checkPrebuilds(root), []);
  assert.equal(targets(root), [...PREBUILT_TARGETS].sort());
});

for (const [what, change] of [
  ['another version', { version: '9.9.9' }],
  ['another system', { os: ['darwin'] }],
  ['another name', { name: '@voicelingua/linux' }],
  ['no licence texts', { files: ['voicelingua.node', 'LICENSE', 'THIRD_PARTY.md'] }],
  ['an install script', { scripts: { install: 'node-gyp rebuild' } }],
] as const) {
  test(`the check finds ${what}`, ({ copy }) => {
    edit(copy, 'linux-x64', change);
    const problems: string[] = checkPrebuilds(copy);
    assert.ok(problems.length > 0);
    assert.match(problems[0] as string, 'prebuilds/linux-x64/package.json');
  });
}

test('packing puts the binary and the licences in', ({ copy }) => {
  build(copy, true);
  const { path, bytes } = packPrebuild(copy, { cuda: false, notices: 'texts', platform: 'linux', arch: 'x64' });
  assert.is(path, join(copy, 'prebuilds', 'linux-x64', 'voicelingua.node'));
  assert.is(bytes, 6);
  assert.equal(readdirSync(join(copy, 'prebuilds', 'linux-x64')).sort(), [
    'LICENSE',
    'NOTICES.md',
    'THIRD_PARTY.md',
    'package.json',
    'voicelingua.node',
  ]);
});

test('a binary built for this CPU alone is not packed', ({ copy }) => {
  build(copy, false);
  assert.throws(
    () => packPrebuild(copy, { cuda: false, notices: 'texts', platform: 'linux', arch: 'x64' }),
    /--portable/,
  );
});

test('a missing binary and an unknown platform are named', ({ copy }) => {
  assert.throws(
    () => packPrebuild(copy, { cuda: true, notices: 'texts', platform: 'linux', arch: 'x64' }),
    /npm run build:native -- --cuda/,
  );
  assert.throws(
    () => packPrebuild(copy, { cuda: false, notices: 'texts', platform: 'aix', arch: 'ppc64' }),
    /aix-ppc64/,
  );
});

test('nothing of the main package is built or fetched on install', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  assert.is(manifest.gypfile, false);
  for (const hook of ['preinstall', 'install', 'postinstall', 'prepare'])
    assert.is(manifest.scripts[hook], undefined, hook);
});

test.run();
