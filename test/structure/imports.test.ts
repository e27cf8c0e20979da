import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { emptyRooms, findImports, violations } from './import-rules.js';

const root = join(import.meta.dirname, '..', '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const declared = new Set<string>(Object.keys(manifest.dependencies));

function readSources(): Map<string, string> {
  const files = new Map<string, string>();
  for (const entry of readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
    const path = join(entry.parentPath ?? entry.path, entry.name);
    files.set(path.slice(root.length + 1).replaceAll('\\', '/'), readFileSync(path, 'utf8'));
  }
  return files;
}

const sources = readSources();

/** The project's sources with one file more. */
function withPlanted(file: string, text: string): string[] {
  return violations(new Map([...sources, [file, text]]), declared, file);
}

test('imports go one way', () => {
  assert.equal(violations(sources, declared), []);
});

test('every rule is about files that exist', () => {
  assert.equal(emptyRooms(sources), []);
});

const PLANTED: ReadonlyArray<readonly [string, string, string]> = [
  ['src/domain/planted.ts', "import '../store/task-store.js';", 'must not see src/store/task-store.ts'],
  ['src/domain/planted.ts', "import { readFileSync } from 'node:fs';", 'must not use node:fs'],
  ['src/domain/planted.ts', "export * from '../engines/ports.js';", 'must not see src/engines/ports.ts'],
  [
    'src/store/planted.ts',
    "import type { Recognizer } from '../engines/ports.js';",
    'must not see src/engines/ports.ts',
  ],
  ['src/store/planted.ts', "import Database from 'better-sqlite3';", 'belongs to src/store/sqlite/ alone'],
  ['src/pool/planted.ts', "const a = await import('../native/load.js');", 'must not see src/native/load.ts'],
  ['src/stages/planted.ts', "import '../store/task-store.js';", 'must not see src/store/task-store.ts'],
  ['src/stages/planted.ts', "import '../native/binding.js';", 'must not see src/native/binding.ts'],
  ['src/pipeline/planted.ts', "import '../native/load.js';", 'must not see src/native/load.ts'],
  [
    'src/pipeline/planted.ts',
    "new Worker(new URL('../native/load.js', import.meta.url));",
    'must not see src/native/load.ts',
  ],
  ['src/pipeline/planted.ts', "startWorker(entryUrl('native/load'));", 'must not see src/native/load.ts'],
  ['src/cli/planted.ts', "import '../domain/errors.js';", 'must not see src/domain/errors.ts'],
  ['src/formats/planted.ts', "type A = import('../api-types.js').Job<string>;", 'must not see src/api-types.ts'],
  ['src/formats/planted.ts', "import yaml from 'yaml';", 'no dependency in package.json'],
  ['src/formats/planted.ts', "import picocolors from 'picocolors';", 'belongs to src/cli/ alone'],
  ['src/models/planted.ts', "import '../../test/structure/import-rules.js';", 'uses test'],
  ['src/somewhere/planted.ts', '', 'belongs to no room'],
  ['src/domain/planted.ts', "import './gone.js';", 'which is not there'],
];

for (const [file, text, expected] of PLANTED) {
  test(`a wrong import is found: ${file} ${text}`, () => {
    const lines = withPlanted(file, text);
    assert.is(lines.length, 1, lines.join('\n'));
    assert.match(lines[0] as string, expected);
  });
}

test('an allowed import is let through', () => {
  assert.equal(withPlanted('src/stages/planted.ts', "import type { Recognizer } from '../engines/ports.js';"), []);
  assert.equal(withPlanted('src/store/sqlite/planted.ts', "import Database from 'better-sqlite3';"), []);
  assert.equal(withPlanted('src/pipeline/planted.ts', "import type { TaskStore } from '../store/task-store.js';"), []);
});

test('a text that only looks like an import is none', () => {
  assert.equal(findImports('src/domain/a.ts', "// import '../store/x.js'\nconst a = \"import '../store/x.js'\";"), []);
});

test('addons are required in src/native/load.ts alone', () => {
  const requiring = [...sources]
    .filter(([, text]) => /\bcreateRequire\b|\bprocess\.dlopen\b|\brequire\(/.test(text))
    .map(([file]) => file);
  // These read a package late and at once; all that they require is one by its name.
  const late = ['src/telemetry/log-line.ts', 'src/telemetry/meters.ts'];
  assert.equal(requiring, ['src/native/load.ts', ...late]);
  for (const file of late) {
    const calls = [...(sources.get(file) ?? '').matchAll(/\brequire\(([^)]*)\)/g)].map((match) => match[1] as string);
    assert.ok(calls.length > 0);
    for (const call of calls) assert.match(call, /^'(pino|prom-client\/lib\/\w+)'$/);
    assert.not.match(sources.get(file) ?? '', /\bdlopen\b/);
  }
});

test('library code never writes to the standard streams', () => {
  // Children whose answer is what they print.
  const children = ['src/native/probe-child.ts', 'src/store/sqlite/check-child.ts'];
  const writing = [...sources]
    .filter(([file]) => !file.startsWith('src/cli/') && !children.includes(file))
    .filter(([, text]) => /\bconsole\.\w+\(|\bprocess\.(stdout|stderr)\b/.test(text))
    .map(([file]) => file);
  assert.equal(writing, []);
});

test.run();
