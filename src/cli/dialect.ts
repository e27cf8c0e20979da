import { ALIASES, type Alias } from './aliases.js';
import { usageError } from './errors.js';

const TRUTHS: Readonly<Record<string, boolean>> = { true: true, false: false };

/**
 * Rewrites flags that users of whisper.cpp and of the Python tools type into ours; what follows `--` is left alone.
 * @throws {CliError} for a flag of theirs that means nothing here, with what to do instead
 */
export function translateDialect(argv: readonly string[]): string[] {
  const end = argv.indexOf('--');
  const options = end === -1 ? argv : argv.slice(0, end);
  const rest = end === -1 ? [] : argv.slice(end);
  const translated: string[] = [];
  for (let at = 0; at < options.length; at++) {
    const token = options[at] as string;
    const equals = token.startsWith('--') ? token.indexOf('=') : -1;
    const name = equals === -1 ? token : token.slice(0, equals);
    const alias = Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined;
    if (alias === undefined) {
      translated.push(token);
      continue;
    }
    const inline = equals === -1 ? undefined : token.slice(equals + 1);
    const takes = inline === undefined && takesNext(alias, options[at + 1]);
    const flags = rewritten(name, alias, inline ?? (takes ? options[at + 1] : undefined));
    // What was one word stays one.
    translated.push(...(inline !== undefined && flags.length === 2 ? [flags.join('=')] : flags));
    if (takes) at++;
  }
  return [...translated, ...rest];
}

function takesNext(alias: Alias, next: string | undefined): boolean {
  if (next === undefined) return false;
  if (alias.kind === 'truth') return next.toLowerCase() in TRUTHS;
  return (
    alias.kind === 'value' ||
    alias.kind === 'own' ||
    alias.kind === 'milliseconds' ||
    (alias.kind === 'always' && alias.takesValue === true)
  );
}

function rewritten(name: string, alias: Alias, value: string | undefined): readonly string[] {
  switch (alias.kind) {
    case 'refused':
      throw usageError(`${name} is not known here: ${alias.why}`);
    case 'always':
      if (alias.only !== undefined && Number(value) !== Number(alias.only))
        throw usageError(`${name} ${value ?? ''} is not known here: ${alias.why}`);
      return [];
    case 'flag':
      return alias.flags;
    case 'truth': {
      const given = value === undefined ? true : TRUTHS[value.toLowerCase()];
      if (given === undefined) throw usageError(`${name} is True or False; got ${JSON.stringify(value)}.`);
      const flags = given ? alias.yes : alias.no;
      if (typeof flags === 'string')
        throw usageError(`${name} ${given ? 'True' : 'False'} is not known here: ${flags}`);
      return flags;
    }
    case 'milliseconds':
      return value === undefined ? [alias.flag] : [alias.flag, /^\d+$/.test(value) ? `${value}ms` : value];
    case 'value':
      if (value === undefined) return [alias.flag];
      return value === 'None' && alias.values?.None === undefined ? [] : [alias.flag, alias.values?.[value] ?? value];
    case 'own':
      if (value !== undefined && alias.theirs.test(value)) throw usageError(alias.why);
      return value === undefined ? [name] : [name, value];
  }
}
