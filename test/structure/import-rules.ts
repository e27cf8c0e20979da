import { posix } from 'node:path';
import ts from 'typescript';

/** One import of a source file: its target as a path from the root (`src/…`) or a package or `node:` name. */
export interface Import {
  readonly file: string;
  readonly target: string;
  readonly typeOnly: boolean;
  readonly line: number;
}

/**
 * Every module a file names: import and export declarations, `import()`, `require()`, and what it starts as a thread or
 * child: `entryUrl('path/below/src')` or `new URL('./file.js', import.meta.url)`.
 */
export function findImports(file: string, text: string): Import[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: Import[] = [];
  const lineOf = (node: ts.Node): number => source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
  const add = (specifier: string, node: ts.Node, typeOnly: boolean): void => {
    const relative = specifier.startsWith('.');
    const target = relative ? posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts') : specifier;
    found.push({ file, target, typeOnly, line: lineOf(node) });
  };
  const visit = (node: ts.Node): void => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier !== undefined) {
      const typeOnly = ts.isImportDeclaration(node) ? node.importClause?.isTypeOnly === true : node.isTypeOnly;
      if (ts.isStringLiteral(node.moduleSpecifier)) add(node.moduleSpecifier.text, node, typeOnly);
    } else if (
      ts.isImportTypeNode(node) &&
      ts.isLiteralTypeNode(node.argument) &&
      ts.isStringLiteral(node.argument.literal)
    ) {
      add(node.argument.literal.text, node, true);
    } else if (ts.isCallExpression(node)) {
      const name = node.expression.kind === ts.SyntaxKind.ImportKeyword ? 'import' : node.expression.getText(source);
      const [first] = node.arguments;
      if ((name === 'import' || name === 'require') && first !== undefined && ts.isStringLiteralLike(first)) {
        add(first.text, node, false);
      } else if (name === 'entryUrl' && first !== undefined && ts.isStringLiteralLike(first)) {
        found.push({ file, target: `src/${first.text}.ts`, typeOnly: false, line: lineOf(node) });
      }
    } else if (ts.isNewExpression(node) && node.expression.getText(source) === 'URL') {
      const [first, base] = node.arguments ?? [];
      const here = base?.getText(source) === 'import.meta.url';
      if (here && first !== undefined && ts.isStringLiteralLike(first) && /^\.{1,2}\/.*\.[jt]s$/.test(first.text)) {
        add(first.text, node, false);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

interface Rule {
  /** Files that the rule is for: a folder with its slash, or one file. */
  readonly room: string;
  /** What else of src it may name; its own room always. */
  readonly sees: readonly string[];
  /** The same, for `import type` alone. */
  readonly seesTypes?: readonly string[];
  /** Packages and builtins it may name; absent: any builtin and any package that no other rule keeps to itself. */
  readonly packages?: readonly string[];
}

/**
 * domain ← engines' ports ← stages ← pipeline ← composition; store, pool, admission, formats and models sit beside and know
 * domain alone. The first rule that fits a file holds for it.
 */
/** Types of the public API, in files by what they are about. */
const API = ['src/api-types.ts', 'src/api-translation.ts', 'src/api-memory.ts'];

export const RULES: readonly Rule[] = [
  { room: 'src/domain/', sees: [], packages: ['fastest-levenshtein', 'node:crypto', 'node:path', 'node:zlib'] },
  { room: 'src/engines/ports.ts', sees: ['src/domain/'], packages: [] },
  // How a worker thread or a child process is started, and where this package lies, for whoever needs it; they know nothing.
  { room: 'src/threads/', sees: [] },
  { room: 'src/package/', sees: [] },
  // Adapters put the native calls behind the ports and run them on the pool's lanes.
  { room: 'src/engines/', sees: ['src/domain/', 'src/native/', 'src/pool/', 'src/threads/', 'src/package/'] },
  { room: 'src/native/', sees: ['src/domain/', 'src/package/'] },
  { room: 'src/pool/', sees: ['src/domain/', 'src/threads/'] },
  // What may start, wait or be tried again; models, memory and engines come to it as plain data.
  { room: 'src/admission/', sees: ['src/domain/'] },
  { room: 'src/store/', sees: ['src/domain/', 'src/threads/', 'src/package/'] },
  { room: 'src/formats/', sees: ['src/domain/'] },
  { room: 'src/models/', sees: ['src/domain/', 'src/package/'] },
  { room: 'src/stages/', sees: ['src/domain/', 'src/engines/ports.ts'] },
  {
    room: 'src/pipeline/',
    sees: ['src/domain/', 'src/stages/', 'src/engines/ports.ts', 'src/store/task-store.ts'],
    seesTypes: ['src/api-types.ts'],
  },
  // Log and metrics, made of the lifecycle events of the domain; they know nobody who sends them.
  { room: 'src/telemetry/', sees: ['src/domain/'], seesTypes: ['src/api-types.ts'] },
  { room: 'src/api-types.ts', sees: [...API, 'src/domain/', 'src/store/task-store.ts'] },
  { room: 'src/api-translation.ts', sees: [...API, 'src/domain/'] },
  { room: 'src/api-memory.ts', sees: [...API, 'src/store/task-store.ts', 'src/store/memory-exchange.ts'] },
  { room: 'src/cli/', sees: ['src/index.ts'] },
  // The composition root: files directly under src put the rooms together.
  {
    room: 'src/',
    sees: [
      'src/domain/',
      'src/engines/',
      'src/native/',
      'src/pool/',
      'src/admission/',
      'src/store/',
      'src/formats/',
      'src/models/',
      'src/stages/',
      'src/pipeline/',
      'src/threads/',
      'src/package/',
      'src/telemetry/',
    ],
  },
];

/** Packages that stand in one place only. */
const KEPT: Readonly<Record<string, string>> = {
  'better-sqlite3': 'src/store/sqlite/',
  commander: 'src/cli/',
  chokidar: 'src/cli/',
  'cli-progress': 'src/cli/',
  'cli-table3': 'src/cli/',
  picocolors: 'src/cli/',
  'opencc-js': 'src/',
  openai: 'src/engines/llm/',
  eld: 'src/engines/text/',
  parse5: 'src/formats/documents/',
  pino: 'src/telemetry/',
  'prom-client': 'src/telemetry/',
  saxes: 'src/formats/tmx/',
};

const TOP_ROOMS = new Set(RULES.map((rule) => rule.room));

function matches(path: string, place: string): boolean {
  return place.endsWith('/') ? path.startsWith(place) : path === place;
}

export function ruleOf(file: string): Rule | null {
  const rule = RULES.find((entry) => entry.room !== 'src/' && matches(file, entry.room));
  if (rule !== undefined) return rule;
  const direct = file.split('/').length === 2;
  return direct ? (RULES.find((entry) => entry.room === 'src/') ?? null) : null;
}

function packageName(specifier: string): string {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier);
}

/**
 * One line for each import that goes the wrong way. `files` maps paths from the root (`src/…`) to their text; `only`
 * restricts the check to one of them.
 */
export function violations(files: ReadonlyMap<string, string>, declared: ReadonlySet<string>, only?: string): string[] {
  const problems: string[] = [];
  for (const [file, text] of files) {
    if (only !== undefined && file !== only) continue;
    const rule = ruleOf(file);
    if (rule === null) {
      problems.push(`${file}: belongs to no room; state in test/structure/import-rules.ts what it may see`);
      continue;
    }
    for (const found of findImports(file, text)) {
      const reason = judge(rule, found, files, declared);
      if (reason !== null) problems.push(`${file}:${found.line}: ${reason}`);
    }
  }
  return problems;
}

function judge(
  rule: Rule,
  found: Import,
  files: ReadonlyMap<string, string>,
  declared: ReadonlySet<string>,
): string | null {
  const { target, typeOnly } = found;
  if (target.startsWith('src/')) {
    if (!files.has(target)) return `names ${target}, which is not there`;
    const own = rule.room.endsWith('/') && rule.room !== 'src/' && target.startsWith(rule.room);
    const sibling = rule.room === 'src/' && target.split('/').length === 2;
    const places = [...rule.sees, ...(typeOnly ? (rule.seesTypes ?? []) : [])];
    if (own || sibling || places.some((place) => matches(target, place))) return null;
    return `${rule.room} must not see ${target}`;
  }
  if (target.startsWith('.') || target.startsWith('..')) return `leaves src: ${target}`;
  if (rule.packages !== undefined && !rule.packages.includes(target)) return `${rule.room} must not use ${target}`;
  if (target.startsWith('node:')) return null;
  const name = packageName(target);
  if (!declared.has(name)) return `uses ${name}, which is no dependency in package.json`;
  const home = KEPT[name];
  if (home !== undefined && !found.file.startsWith(home)) return `${name} belongs to ${home} alone`;
  return null;
}

/** Rooms of the rules that hold no file: a rule for nothing is a rule that is wrong. */
export function emptyRooms(files: ReadonlyMap<string, string>): string[] {
  return [...TOP_ROOMS].filter((room) => ![...files.keys()].some((file) => matches(file, room)));
}
