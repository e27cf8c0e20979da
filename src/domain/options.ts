import { VoiceLinguaError } from './errors.js';
import { normalizeLanguage } from './language.js';
import { nearest } from './suggest.js';

/** Where a value stands, for messages: `transcribe` and `beamSize`. */
interface Place {
  readonly owner: string;
  readonly name: string;
}

type Read<T> = (value: unknown, place: Place) => T;
type Presence = 'optional' | 'defaulted' | 'required';

/** How one option is read. `undefined` counts as not given, everything else is checked. */
export interface OptionKind<T, P extends Presence = Presence> {
  readonly presence: P;
  readonly read: Read<T>;
  readonly fallback?: T;
}

// biome-ignore lint/suspicious/noExplicitAny: the table's own type parameters are inferred entry by entry
type AnyKind = OptionKind<any>;
export type OptionTable = Readonly<Record<string, AnyKind>>;
type ValueOf<K> = K extends OptionKind<infer T> ? T : never;

/** What {@link defineOptions} gives back: defaulted and required options always there, optional ones when given. */
export type ParsedOptions<T extends OptionTable> = {
  -readonly [N in keyof T as T[N] extends OptionKind<unknown, 'optional'> ? never : N]: ValueOf<T[N]>;
} & {
  -readonly [N in keyof T as T[N] extends OptionKind<unknown, 'optional'> ? N : never]?: ValueOf<T[N]>;
};

/**
 * A parser for the options of one function.
 *
 * The parser throws `UNKNOWN_OPTION` for a name that is not in the table, with the nearest right one, and
 * `INVALID_ARGUMENT` for a value that the option cannot take, naming the option, what it takes and what was given.
 * @param owner the function, as its caller writes it
 */
export function defineOptions<const T extends OptionTable>(
  owner: string,
  table: T,
): (given?: unknown) => ParsedOptions<T> {
  const kinds: ReadonlyArray<readonly [string, AnyKind]> = Object.entries(table);
  const names = Object.keys(table);
  return (given) => {
    const options = given === undefined ? {} : given;
    if (!isPlainObject(options)) {
      throw new VoiceLinguaError(
        'INVALID_ARGUMENT',
        `Options of ${owner} must be an object, but ${describe(given)} was given.`,
        { details: { owner } },
      );
    }
    for (const name of Object.keys(options)) {
      if (!Object.hasOwn(table, name)) throw unknownOption(owner, name, names);
    }
    const parsed: Record<string, unknown> = {};
    for (const [name, kind] of kinds) {
      const value = options[name];
      if (value !== undefined) parsed[name] = kind.read(value, { owner, name });
      else if (kind.presence === 'defaulted') parsed[name] = kind.fallback;
      else if (kind.presence === 'required') {
        throw new VoiceLinguaError('INVALID_ARGUMENT', `${owner} needs the option "${name}".`, {
          details: { owner, option: name },
        });
      }
    }
    return parsed as ParsedOptions<T>;
  };
}

/** `INVALID_ARGUMENT` in the one form that all arguments use. */
export function invalidArgument(owner: string, name: string, expected: string, given: unknown): VoiceLinguaError {
  return new VoiceLinguaError(
    'INVALID_ARGUMENT',
    `${owner}: "${name}" must be ${expected}, but ${describe(given)} was given.`,
    { details: { owner, option: name, expected, given: describe(given) } },
  );
}

export function unknownOption(owner: string, name: string, known: readonly string[]): VoiceLinguaError {
  const suggestion = nearest(name, known);
  const hint = suggestion === null ? 'It takes none.' : `Did you mean "${suggestion}"? It takes ${known.join(', ')}.`;
  return new VoiceLinguaError('UNKNOWN_OPTION', `${owner} has no option ${describe(name)}. ${hint}`, {
    details: { owner, option: name, suggestion },
  });
}

/** A value as a message shows it: short, on one line, never throwing. */
export function describe(value: unknown): string {
  if (typeof value === 'string') {
    const shown = value.length > 60 ? `${value.slice(0, 60)}…` : value;
    return JSON.stringify(shown);
  }
  if (value === null || ['number', 'boolean', 'undefined', 'bigint', 'symbol'].includes(typeof value)) {
    return String(value);
  }
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : `an array of ${value.length}`;
  return 'an object';
}

interface Range {
  /** Smallest value allowed. */
  readonly min?: number;
  /** Largest value allowed. */
  readonly max?: number;
}

interface WithDefault<T> {
  readonly default: T;
}

type Spec<T, S> = S & Partial<WithDefault<T>>;
type KindOf<T, S> = OptionKind<T, S extends WithDefault<unknown> ? 'defaulted' : 'optional'>;

function kind<T, S extends object>(spec: S, read: Read<T>): KindOf<T, S> {
  const fallback = (spec as Partial<WithDefault<T>>).default;
  return (
    fallback === undefined ? { presence: 'optional', read } : { presence: 'defaulted', read, fallback }
  ) as KindOf<T, S>;
}

/** A whole number; without bounds any that a double holds exactly. */
export function integer<const S extends Spec<number, Range>>(spec: S = {} as S): KindOf<number, S> {
  return kind(spec, (value, { owner, name }) => {
    if (typeof value === 'number' && Number.isSafeInteger(value) && within(value, spec)) return value;
    throw invalidArgument(owner, name, `a whole number${rangeText(spec)}`, value);
  });
}

/** A list of whole numbers; one alone is a list of one. */
export function integers<const S extends Spec<readonly number[], Range>>(spec: S = {} as S): KindOf<number[], S> {
  return kind(spec, (value, { owner, name }) => {
    const list: unknown[] = Array.isArray(value) ? value : [value];
    const fits = (entry: unknown): entry is number =>
      typeof entry === 'number' && Number.isSafeInteger(entry) && within(entry, spec);
    if (list.every(fits)) return list;
    throw invalidArgument(owner, name, `a list of whole numbers${rangeText(spec)}`, value);
  });
}

/** A finite number. */
export function number<const S extends Spec<number, Range>>(spec: S = {} as S): KindOf<number, S> {
  return kind(spec, (value, { owner, name }) => {
    if (typeof value === 'number' && Number.isFinite(value) && within(value, spec)) return value;
    throw invalidArgument(owner, name, `a number${rangeText(spec)}`, value);
  });
}

export function boolean<const S extends Spec<boolean, object>>(spec: S = {} as S): KindOf<boolean, S> {
  return kind(spec, (value, { owner, name }) => {
    if (typeof value === 'boolean') return value;
    throw invalidArgument(owner, name, 'true or false', value);
  });
}

interface StringRules {
  /** Whether `""` is a value. Defaults to false. */
  readonly allowEmpty?: boolean;
}

/** A text; the NUL character is refused, since neither paths nor native strings can hold it. */
export function string<const S extends Spec<string, StringRules>>(spec: S = {} as S): KindOf<string, S> {
  return kind(spec, (value, { owner, name }) => checkedString(value, spec.allowEmpty ?? false, owner, name));
}

/** One of a few names; a near miss is answered with the nearest. */
export function oneOf<const V extends readonly string[], const S extends Spec<V[number], object>>(
  values: V,
  spec: S = {} as S,
): KindOf<V[number], S> {
  return kind(spec, (value, { owner, name }) => {
    if (typeof value === 'string' && values.includes(value)) return value;
    const hint = typeof value === 'string' && value !== '' ? ` (did you mean "${nearest(value, values)}"?)` : '';
    throw invalidArgument(owner, name, `one of ${values.join(', ')}${hint}`, value);
  });
}

/** One of the values, or a list of some of them. */
export function oneOrMore<const V extends readonly string[]>(
  values: V,
): OptionKind<V[number] | V[number][], 'optional'> {
  return kind({}, (value, { owner, name }) => {
    const list = Array.isArray(value) ? value : [value];
    if (list.every((entry): entry is V[number] => typeof entry === 'string' && values.includes(entry))) {
      return Array.isArray(value) ? list : (list[0] as V[number]);
    }
    throw invalidArgument(owner, name, `one or a list of ${values.join(', ')}`, value);
  });
}

interface LanguageRules {
  /** Whether `auto` is a value. Defaults to false. */
  readonly auto?: boolean;
}

/** A language code in canonical form; `UNSUPPORTED_LANGUAGE` when it is none. */
export function language<const S extends Spec<string, LanguageRules>>(spec: S = {} as S): KindOf<string, S> {
  return kind(spec, (value, { owner, name }) => {
    const code = checkedString(value, false, owner, name);
    return spec.auto && code.trim().toLowerCase() === 'auto' ? 'auto' : normalizeLanguage(code);
  });
}

/** Language codes: an array, one code, or codes separated by commas; canonical, each once, in the order given. */
export function languages<const S extends Spec<readonly string[], object>>(spec: S = {} as S): KindOf<string[], S> {
  return kind(spec, (value, { owner, name }) => {
    const codes = typeof value === 'string' ? value.split(',').map((code) => code.trim()) : value;
    const expected = 'a language code or a list of them';
    if (!Array.isArray(codes) || codes.length === 0) throw invalidArgument(owner, name, expected, value);
    const checked = codes.map((code: unknown) => {
      if (typeof code !== 'string' || code === '') throw invalidArgument(owner, name, expected, value);
      return normalizeLanguage(code);
    });
    return [...new Set(checked)];
  });
}

/** A list of texts, none of them empty. */
export function strings<const S extends Spec<readonly string[], object>>(spec: S = {} as S): KindOf<string[], S> {
  return kind(spec, (value, { owner, name }) => {
    if (!Array.isArray(value)) throw invalidArgument(owner, name, 'a list of texts', value);
    return value.map((entry: unknown, index) => checkedString(entry, false, owner, `${name}[${index}]`));
  });
}

export function abortSignal(): OptionKind<AbortSignal, 'optional'> {
  return kind({}, (value, { owner, name }) => {
    if (value instanceof AbortSignal) return value;
    throw invalidArgument(owner, name, 'an AbortSignal', value);
  });
}

/** A function; its parameters are not checked. */
export function callback<F extends (...args: never[]) => unknown>(): OptionKind<F, 'optional'> {
  return kind({}, (value, { owner, name }) => {
    if (typeof value === 'function') return value as F;
    throw invalidArgument(owner, name, 'a function', value);
  });
}

/** Options inside an option, read by their own parser, which names itself in its errors. */
export function nested<T>(parse: (given: unknown) => T): OptionKind<T, 'optional'> {
  return kind({}, (value) => parse(value));
}

/** A value that may be switched off with `false`. */
export function orFalse<T, P extends Presence>(option: OptionKind<T, P>): OptionKind<T | false, P> {
  return {
    ...option,
    read: (value, place) => {
      if (value === false) return false;
      if (typeof value === 'boolean') throw invalidArgument(place.owner, place.name, 'a value or false', value);
      return option.read(value, place);
    },
  };
}

/** One of a few names, or a value of the option. */
export function orOneOf<const V extends readonly string[], T, P extends Presence>(
  names: V,
  option: OptionKind<T, P>,
): OptionKind<T | V[number], P> {
  return {
    ...option,
    read: (value, place) => {
      if (typeof value !== 'string') return option.read(value, place);
      if (names.includes(value)) return value;
      throw invalidArgument(place.owner, place.name, `one of ${names.join(', ')}, or a number`, value);
    },
  };
}

/** The option must be given. */
export function required<T>(option: OptionKind<T>): OptionKind<T, 'required'> {
  return { presence: 'required', read: option.read };
}

function checkedString(value: unknown, allowEmpty: boolean, owner: string, name: string): string {
  if (typeof value !== 'string' || (value.trim() === '' && !allowEmpty)) {
    throw invalidArgument(owner, name, allowEmpty ? 'a text' : 'a text that is not empty', value);
  }
  if (value.includes('\0')) throw invalidArgument(owner, name, 'a text without NUL characters', value);
  return value;
}

function within(value: number, { min, max }: Range): boolean {
  return (min === undefined || value >= min) && (max === undefined || value <= max);
}

function rangeText({ min, max }: Range): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of at least ${min}`;
  return max === undefined ? '' : ` of at most ${max}`;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // A prototype without one of its own is Object.prototype of this realm or of another (vm contexts).
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
