#!/usr/bin/env node
// Holds the two sides of the addon together: the calls typed in src/native/binding.ts are the ones that native/binding
// exports, and the error codes are the same, in the same order, in TypeScript, C++ and the Rust library's C header.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** Method names of `interface NativeBinding` and members of the union `NativeErrorCode`. */
export function readBindingTypes(text) {
  const source = ts.createSourceFile('binding.ts', text, ts.ScriptTarget.Latest, true);
  const calls = [];
  const codes = [];
  for (const statement of source.statements) {
    if (ts.isInterfaceDeclaration(statement) && statement.name.text === 'NativeBinding') {
      for (const member of statement.members) calls.push(member.name.getText(source));
    }
    if (
      ts.isTypeAliasDeclaration(statement) &&
      statement.name.text === 'NativeErrorCode' &&
      ts.isUnionTypeNode(statement.type)
    ) {
      for (const type of statement.type.types) {
        if (ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal)) codes.push(type.literal.text);
      }
    }
  }
  return { calls, codes };
}

/** Names that C++ puts on the addon's exports object. */
export function readExports(text) {
  const code = text.replace(/\/\/.*$/gm, '').replace(/\/\*[\s\S]*?\*\//g, '');
  const patterns = [
    /\b(?:Instance|Static)(?:Method|Value)(?:<[^;{}()]*>)?\(\s*"(\w+)"/g,
    /\bexports\.Set\(\s*"(\w+)"/g,
    /\bPropertyDescriptor::(?:Function|Value)\([^"()]*"(\w+)"/g,
    /\{\s*"(\w+)",\s*[A-Z]\w*\s*\}/g,
  ];
  return patterns.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1]));
}

/** Error code names as C++ prints them (errors.cc), as its enum lists them (errors.h) and as the C header numbers them. */
export function readNativeCodes({ table, enumeration, header }) {
  const names = /kNames[^=]*=\s*\{([\s\S]*?)\};/.exec(table)?.[1] ?? '';
  const members = /enum class ErrorCode[^{]*\{([\s\S]*?)\};/.exec(enumeration)?.[1] ?? '';
  const values = /enum vlr_code\s*\{([\s\S]*?)\}/.exec(header)?.[1] ?? '';
  return {
    table: [...names.matchAll(/"(\w+)"/g)].map((match) => match[1]),
    enumeration: [...members.matchAll(/\bk([A-Z]\w*)/g)].map((match) => constantCase(match[1])),
    header: [...values.matchAll(/VLR_(\w+)\s*=\s*(\d+)/g)]
      .map((match) => ({ name: match[1], value: Number(match[2]) }))
      .filter(({ value }) => value > 0)
      .sort((left, right) => left.value - right.value)
      .map(({ name }) => name),
  };
}

function constantCase(name) {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
}

/** One line per difference between two lists; order counts only where `ordered`. */
export function difference(what, left, leftName, right, rightName, ordered = false) {
  const lines = [];
  for (const name of left)
    if (!right.includes(name)) lines.push(`${what} ${name}: in ${leftName}, not in ${rightName}`);
  for (const name of new Set(right))
    if (!left.includes(name)) lines.push(`${what} ${name}: in ${rightName}, not in ${leftName}`);
  for (const name of new Set(right.filter((entry, index) => right.indexOf(entry) !== index))) {
    lines.push(`${what} ${name}: twice in ${rightName}`);
  }
  if (ordered && lines.length === 0) {
    const at = left.findIndex((name, index) => right[index] !== name);
    if (at >= 0)
      lines.push(`${what} order: number ${at + 1} is ${left[at]} in ${leftName}, ${right[at]} in ${rightName}`);
  }
  return lines;
}

/** Everything that differs between the sides of a checkout; empty when they agree. */
export function checkBinding(root) {
  const read = (path) => readFileSync(join(root, path), 'utf8');
  const types = readBindingTypes(read('src/native/binding.ts'));
  const exported = readdirSync(join(root, 'native/binding'))
    .filter((name) => name.endsWith('.cc'))
    .flatMap((name) => readExports(read(`native/binding/${name}`)));
  const codes = readNativeCodes({
    table: read('native/core/errors.cc'),
    enumeration: read('native/core/errors.h'),
    header: read('native/rust/include/voicelingua_rust.h'),
  });
  const lines = [];
  if (types.calls.length === 0) lines.push('No call was found in interface NativeBinding.');
  if (types.codes.length === 0) lines.push('No code was found in type NativeErrorCode.');
  lines.push(...difference('call', types.calls, 'src/native/binding.ts', exported, 'native/binding'));
  lines.push(...difference('code', types.codes, 'src/native/binding.ts', codes.table, 'native/core/errors.cc', true));
  lines.push(
    ...difference('code', types.codes, 'src/native/binding.ts', codes.enumeration, 'native/core/errors.h', true),
  );
  lines.push(...difference('code', types.codes, 'src/native/binding.ts', codes.header, 'voicelingua_rust.h', true));
  return { lines, calls: types.calls.length, codes: types.codes.length };
}

if (process.argv[1] === import.meta.filename) {
  const { lines, calls, codes } = checkBinding(join(import.meta.dirname, '..'));
  if (lines.length > 0) {
    console.error(lines.join('\n'));
    process.exit(1);
  }
  console.log(`${calls} calls and ${codes} error codes agree.`);
}
