import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const root = join(import.meta.dirname, '..', '..');
const { checkBinding, difference, readBindingTypes, readExports, readNativeCodes } = await import(
  new URL('../../tools/check-binding.mjs', import.meta.url).href
);

test('the typed surface is the exported surface', () => {
  const { lines, calls, codes } = checkBinding(root);
  assert.equal(lines, []);
  assert.ok(calls >= 20 && codes >= 20);
});

test('typed calls and codes are read from the types, not from comments', () => {
  const types = readBindingTypes(`
    export type NativeErrorCode = | 'A_B' | 'C';
    // export interface NativeBinding { not(): void }
    export interface NativeBinding { one(a: string): void; two(): number }
    export interface Other { three(): void }`);
  assert.equal(types, { calls: ['one', 'two'], codes: ['A_B', 'C'] });
});

test('exports are read in every form that C++ writes them, comments left out', () => {
  const code = `
    InstanceMethod("one", &Addon::One),
    InstanceMethod<&Addon::Two>("two"),
    exports.Set("three", Napi::Function::New(env, Three));
    // InstanceMethod("four", &Addon::Four),
    object.Set("five", value);`;
  assert.equal(readExports(code), ['one', 'two', 'three']);
});

test('codes are read from the table, the enum and the header', () => {
  const codes = readNativeCodes({
    table: 'constexpr std::array<const char*, 2> kNames = {\n "A_B", "C"\n};',
    enumeration: 'enum class ErrorCode {\n  kAB = 1,\n  kC,\n};',
    header: 'typedef enum vlr_code { VLR_OK = 0, VLR_C = 2, VLR_A_B = 1 } vlr_code;',
  });
  assert.equal(codes.table, ['A_B', 'C']);
  assert.equal(codes.enumeration, ['AB', 'C']);
  assert.equal(codes.header, ['A_B', 'C']);
});

test('a call that one side lacks, names twice or orders otherwise is a line', () => {
  assert.equal(difference('call', ['a', 'b'], 'types', ['b', 'c', 'c'], 'native'), [
    'call a: in types, not in native',
    'call c: in native, not in types',
    'call c: twice in native',
  ]);
  assert.equal(difference('code', ['a', 'b'], 'types', ['b', 'a'], 'native', true), [
    'code order: number 1 is a in types, b in native',
  ]);
  assert.equal(difference('call', ['a', 'b'], 'types', ['b', 'a'], 'native'), []);
});

test.run();
