import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { translateDialect } from './dialect.js';
import type { Io } from './io.js';
import { PACKAGE_ROOT } from './package-root.js';
import { SETTINGS, type SettingName } from './settings.js';
import { COMMANDS, type CommandGroup, type CommandName, type CommandSpec, GROUPS } from './specs.js';

/** One parsed call. */
export interface Invocation {
  readonly command: CommandName;
  readonly args: readonly string[];
  /** Options as typed: texts, lists of texts, true. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** Settings that the command knows, for environment and config file. */
  readonly settings: readonly SettingName[];
}

type Execute = (invocation: Invocation) => Promise<void>;

/** The whole command line; `execute` gets what was parsed. */
export function buildProgram(io: Io, execute: Execute): Command {
  const program = new Command('voicelingua')
    .description('Speech and text to checked, multilingual, queryable packages, offline.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns ?? 110,
      getErrHelpWidth: () => io.stderr.columns ?? 110,
    })
    .exitOverride()
    .showHelpAfterError('(see --help)')
    .addHelpText(
      'after',
      `
Options of a command can also be set as VOICELINGUA_<NAME> (VOICELINGUA_STT_MODEL) or in a JSON config file;
a flag goes before the environment, the environment before the file.

Exit codes: 0 all done, 1 internal error, 2 usage, 3 model missing or bad, 4 input unreadable,
5 part of the batch failed, 6 device, memory or disk, 130 interrupted, 143 terminated.

Examples:
  voicelingua doctor
  voicelingua run recordings/ --to de,fr --out packages
  voicelingua watch inbox/ --to de --out packages
  voicelingua transcribe talk.mp3
  voicelingua query --language de --text-id talk --source audio`,
    );

  const groups = new Map<string, Command>();
  for (const [name, spec] of Object.entries(COMMANDS) as Array<[CommandName, CommandSpec]>) {
    const [first, second] = name.split(' ') as [string, string | undefined];
    if (second === undefined) addCommand(program, first, name, spec, execute);
    else {
      const group = groups.get(first) ?? addGroup(program, first);
      groups.set(first, group);
      addCommand(group, second, name, spec, execute);
    }
  }

  const parseAsync = program.parseAsync.bind(program);
  program.parseAsync = (argv, options) => parseAsync(ours(program, argv ?? []), options);
  return program;
}

/** A flag of another tool that means nothing here is an error of usage as any other. */
function ours(program: Command, argv: readonly string[]): string[] {
  try {
    return translateDialect(argv);
  } catch (error) {
    return program.error(`error: ${(error as Error).message}`);
  }
}

function addGroup(program: Command, word: string): Command {
  const { description, examples } = GROUPS[word] as CommandGroup;
  return program.command(word).description(description).addHelpText('after', examplesText(examples));
}

const examplesText = (examples: readonly string[]): string =>
  `\nExamples:\n${examples.map((example) => `  ${example}`).join('\n')}`;

function addCommand(parent: Command, word: string, name: CommandName, spec: CommandSpec, execute: Execute): void {
  const command = parent.command(word).description(spec.description);
  if (spec.args !== undefined) command.argument(spec.args[0], spec.args[1]);
  for (const setting of spec.settings) command.addOption(settingOption(setting));
  for (const option of spec.options?.() ?? []) command.addOption(option);
  command.addOption(new Option('--config <file>', 'JSON file with settings'));
  if (spec.alias !== undefined) command.alias(spec.alias);
  command.addHelpText('after', examplesText(spec.examples));
  command.action(() => execute({ command: name, args: command.args, flags: command.opts(), settings: spec.settings }));
}

function settingOption(name: SettingName): Option {
  const { flags, description, list, negated } = SETTINGS[name];
  const option = new Option(flags, description);
  // `--no-timestamps` is a setting by its own name, which nothing sets until somebody does.
  option.negate = negated === true;
  if (list) {
    option.argParser((value: string, previous: string[] | undefined) => [...(previous ?? []), value]);
  }
  return option;
}

function version(): string {
  const file = readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8');
  return (JSON.parse(file) as { version: string }).version;
}
