import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { OptimizedLanguage, OptimizeOptions } from '../api.js';
import { type Context, targetLanguages, withLibrary } from '../context.js';
import { inputError, usageError } from '../errors.js';
import { EXIT_OK, EXIT_PARTIAL } from '../exit-codes.js';
import { defined } from '../io.js';
import { formatCount } from '../units.js';

type Width = OptimizedLanguage['trials'][number]['width'];

/** What the tokens of a list were chosen by, for people. */
const WIDTHS: Readonly<Record<Width, string>> = {
  texts: 'by texts',
  script: 'by script',
  'script-and-latin': 'by script, and all Latin ones',
};

/** `voicelingua models optimize`: makes shortlists for a translation model; 5 when one of the languages stays without. */
export async function optimize(context: Context, [model]: readonly string[]): Promise<number> {
  const { ui, settings, signal } = context;
  if (settings.to === undefined) throw usageError('models optimize needs target languages: --to de, or --to de,fr.');
  const to = await targetLanguages(context, settings.to);
  const options: OptimizeOptions = defined({
    model: model as string,
    to,
    from: settings.language === 'auto' ? undefined : settings.language,
    texts: await textsByLanguage(context, to),
    sample: await sampleOf(context),
    beamSize: settings.beamSize,
    signal,
  });
  const onProgress: OptimizeOptions['onProgress'] = ({ language, sentences, width }) => {
    const how = width === null ? 'with the whole vocabulary' : `with a list ${WIDTHS[width]}`;
    ui.message(`${language}: ${formatCount(sentences)} sentences ${how}`);
  };
  const report = await withLibrary(context, (lingua) => lingua.optimizeModel({ ...options, onProgress }));
  for (const language of report.languages) {
    ui.record({ type: 'shortlist', model: report.model, vocabulary: report.vocabulary, ...language });
    ui.result(described(language, report.vocabulary));
  }
  const kept = report.languages.filter((language) => language.kept).length;
  const failed = report.languages.length - kept;
  ui.message(`measured on sentences ${originOf(report.sample)}, ${report.from}, beam ${report.beamSize}`);
  if (kept > 0 && report.path !== null) ui.message(`in use from now on: ${report.path}`);
  if (failed > 0)
    ui.warning('a list is used where at least 99.5 % of the sentences come out the same; give --text FILE');
  const slow = report.languages.filter(({ kept: used, trials }) => used && (trials.at(-1)?.speed ?? 1) < 1);
  if (slow.length > 0) {
    const codes = slow.map(({ language }) => language).join(', ');
    ui.warning(`no faster with a list here: ${codes}; do without it (--shortlist off), or measure on a quiet machine`);
  }
  ui.record({ type: 'summary', total: report.languages.length, completed: kept, failed, cancelled: 0 });
  return failed === 0 ? EXIT_OK : EXIT_PARTIAL;
}

function described({ language, kept, trials }: OptimizedLanguage, vocabulary: number): string {
  const last = trials.at(-1);
  if (last === undefined) return `${language}\toff`;
  const tokens = `${formatCount(last.tokens)} of ${formatCount(vocabulary)} tokens ${WIDTHS[last.width]}`;
  if (last.sentences === 0) return `${language}\toff\t${tokens}: too wide to bring anything`;
  const same = `${formatCount(last.same)} of ${formatCount(last.sentences)} sentences the same`;
  return `${language}\t${kept ? 'on' : 'off'}\t${tokens}, ${same}, ${last.speed.toFixed(2)} × as fast`;
}

function originOf(sample: string): string {
  return sample === 'given' ? 'that were given' : `of the ${sample.replace('built-in', 'built-in set')}`;
}

/** Texts of `--text LANG=FILE`; the language may be left out where there is one only. */
async function textsByLanguage(context: Context, to: readonly string[]): Promise<OptimizeOptions['texts'] | undefined> {
  const given = (context.flags.text ?? []) as readonly string[];
  if (given.length === 0) return undefined;
  const { normalizeLanguage } = await context.library();
  const texts: Record<string, string[]> = {};
  for (const one of given) {
    const [, code, named] = /^([A-Za-z]{2,3}(?:[-_][A-Za-z]{2,4})?)=(.+)$/s.exec(one) ?? [];
    const language = code === undefined ? (to.length === 1 ? to[0] : undefined) : normalizeLanguage(code);
    if (language === undefined || !to.includes(language)) {
      throw usageError(`--text needs a language of --to before the file: ${to[0]}=${named ?? one}`);
    }
    const lines = await linesOf(context, named ?? one);
    texts[language] = [...(texts[language] ?? []), ...lines];
  }
  return texts;
}

async function sampleOf(context: Context): Promise<readonly string[] | undefined> {
  const files = (context.flags.sample ?? []) as readonly string[];
  if (files.length === 0) return undefined;
  const sentences: string[] = [];
  for (const file of files) sentences.push(...(await linesOf(context, file)));
  return sentences;
}

/** Lines that are not empty. */
async function linesOf({ io }: Context, file: string): Promise<string[]> {
  let text: string;
  try {
    text = await readFile(resolve(io.cwd, file), 'utf8');
  } catch (error) {
    throw inputError(file, error);
  }
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line) => line.replaceAll('\0', '').trim())
    .filter((line) => line !== '');
}
