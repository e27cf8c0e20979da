/** Flags of whisper.cpp and of the Python tools, as ours. */
const DIALECT: Readonly<Record<string, readonly string[]>> = {
  '-osrt': ['--format', 'srt'],
  '-ovtt': ['--format', 'vtt'],
  '-otxt': ['--format', 'txt'],
  '-bs': ['--beam-size'],
  '--model': ['--stt-model'],
  '--output_dir': ['--out'],
  '--output_format': ['--format'],
  '--beam_size': ['--beam-size'],
  '--initial_prompt': ['--prompt'],
};

/** Rewrites flags that users of the neighbouring tools type; what follows `--` is left alone. */
export function translateDialect(argv: readonly string[]): string[] {
  const end = argv.indexOf('--');
  const options = end === -1 ? argv : argv.slice(0, end);
  const rest = end === -1 ? [] : argv.slice(end);
  return [...options.flatMap(translateToken), ...rest];
}

function translateToken(token: string): readonly string[] {
  const equals = token.startsWith('--') ? token.indexOf('=') : -1;
  const name = equals === -1 ? token : token.slice(0, equals);
  const ours = Object.hasOwn(DIALECT, name) ? DIALECT[name] : undefined;
  if (ours === undefined) return [token];
  return equals === -1 ? ours : [`${ours[0]}${token.slice(equals)}`];
}
