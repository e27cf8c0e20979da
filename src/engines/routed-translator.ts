import { setMaxListeners } from 'node:events';
import { VoiceLinguaError } from '../domain/errors.js';
import { engineLanguage } from '../domain/language.js';
import { addAccounts, NO_ACCOUNT, type TranslationAccount } from '../domain/translation-account.js';
import type {
  KeptItems,
  TranslatedText,
  TranslationItem,
  TranslationOptions,
  Translator,
  TranslatorInfo,
} from './ports.js';

/** How a pair of languages is translated. */
type Route =
  | { readonly kind: 'direct'; readonly first: Member }
  /** Through English. */
  | { readonly kind: 'pivot'; readonly first: Member; readonly second: Member };

interface Member {
  readonly translator: Translator;
  readonly info: TranslatorInfo;
}

/** What most models translate to and from. */
const PIVOT = 'en';

/**
 * Several models as one, the preferred first: each pair of languages goes to the first model that does it, or else through English,
 * by the first pair of models that can.
 */
export class RoutedTranslator implements Translator {
  readonly #translators: readonly Translator[];
  /** Models that made translations. */
  readonly #used = new Set<string>();
  /** Of all models, in order. */
  #names: readonly string[] = [];
  #members: Promise<readonly Member[]> | null = null;

  /** @param translators one at least; of several, each must tell its languages */
  constructor(translators: readonly Translator[]) {
    this.#translators = translators;
  }

  /** Of all models: the union of their languages, and their names in order. */
  async info(): Promise<TranslatorInfo> {
    const members = await this.#all();
    const [first] = members as [Member, ...Member[]];
    if (members.length === 1) return first.info;
    return {
      model: [...new Set(members.map(({ info }) => info.model))].join(', '),
      family: first.info.family,
      languages: [...new Set(members.flatMap(({ info }) => info.languages))],
      kept: keptOf(members),
    };
  }

  /** @throws {VoiceLinguaError} `UNSUPPORTED_LANGUAGE` for a pair that no models do */
  async infoFor(source: string, target: string): Promise<TranslatorInfo> {
    const route = routeOf(await this.#all(), source, target);
    if (route.kind === 'direct') return route.first.info;
    const { first, second } = route;
    return {
      model: `${first.info.model} + ${second.info.model}`,
      family: first.info.family,
      languages: [...new Set([...first.info.languages, ...second.info.languages])],
      kept: keptOf([first, second]),
    };
  }

  /** The next model that does the pair without a detour. */
  async other(source: string, target: string): Promise<Translator | null> {
    const [, next] = (await this.#all()).filter(({ info }) => does(info, source, target));
    if (next === undefined) return null;
    return {
      info: () => Promise.resolve(next.info),
      translate: (items, options, signal) => this.#directly(next, items, options, signal),
    };
  }

  account(): TranslationAccount {
    const parts = this.#translators.map((one) => one.account?.() ?? NO_ACCOUNT);
    const { cost } = parts.reduce(addAccounts, NO_ACCOUNT);
    const used = [...this.#used].sort((one, other) => this.#names.indexOf(one) - this.#names.indexOf(other));
    return { models: used, cost };
  }

  /** One text for each item, in order. Routes run side by side; the first failure ends the others. */
  async translate(
    items: readonly TranslationItem[],
    options: TranslationOptions,
    signal?: AbortSignal,
  ): Promise<TranslatedText[]> {
    const members = await this.#all();
    const groups = new Map<string, { readonly route: Route; readonly indices: number[] }>();
    for (const [index, { source, target }] of items.entries()) {
      const route = routeOf(members, source, target);
      const key = [route.first, route.kind === 'pivot' ? route.second : null]
        .map((member) => (member === null ? '' : members.indexOf(member)))
        .join(' ');
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { route, indices: [index] });
      else group.indices.push(index);
    }
    const results = new Array<TranslatedText>(items.length);
    await together([...groups.values()], signal, async ({ route, indices }, ended) => {
      const own = indices.map((index) => items[index] as TranslationItem);
      const texts =
        route.kind === 'direct'
          ? await this.#directly(route.first, own, options, ended)
          : await this.#throughEnglish(route.first, route.second, own, options, ended);
      for (const [at, index] of indices.entries()) results[index] = texts[at] as TranslatedText;
    });
    return results;
  }

  async #directly(
    { translator, info }: Member,
    items: readonly TranslationItem[],
    options: TranslationOptions,
    signal: AbortSignal | undefined,
  ): Promise<TranslatedText[]> {
    const texts = await translator.translate(items, options, signal);
    for (const { model = info.model } of texts) this.#used.add(model);
    return texts;
  }

  /** Into English, each sentence once, however many languages it is wanted in; then out of it. */
  async #throughEnglish(
    first: Member,
    second: Member,
    items: readonly TranslationItem[],
    { terms: _, before, ...options }: TranslationOptions,
    signal: AbortSignal | undefined,
  ): Promise<TranslatedText[]> {
    const places = new Map<string, number>();
    const sentences: TranslationItem[] = [];
    const placeOf = items.map(({ text, source }) => {
      const key = `${source} ${text}`;
      const known = places.get(key) ?? sentences.push({ text, source, target: PIVOT }) - 1;
      places.set(key, known);
      return known;
    });
    // Terms are said in the last language, and context is in the first.
    const context = before === undefined ? {} : { before };
    const english = await this.#directly(first, sentences, { ...options, ...context }, signal);
    const between = placeOf.map((place) => english[place] as TranslatedText);
    const texts = await this.#directly(
      second,
      items.map(({ target }, at) => ({ text: (between[at] as TranslatedText).text, source: PIVOT, target })),
      options,
      signal,
    );
    return texts.map(({ text, confidence, model = second.info.model }, at) => {
      const { confidence: own, model: into = first.info.model } = between[at] as TranslatedText;
      return { text, confidence: confidence * own, model: `${into} + ${model}` };
    });
  }

  /** Looked at once; a failure is looked at again. */
  #all(): Promise<readonly Member[]> {
    this.#members ??= Promise.all(
      this.#translators.map(async (translator) => ({ translator, info: await translator.info() })),
    ).then((members) => {
      this.#names = members.map(({ info }) => info.model);
      return checked(members);
    });
    this.#members.catch(() => {
      this.#members = null;
    });
    return this.#members;
  }
}

/** Languages on both sides of a model. */
export interface LanguagePair {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

/** A translator that is used for some languages alone, whatever it tells of itself. */
export function limitedTo(translator: Translator, pair: LanguagePair): Translator {
  return {
    info: async () => limitedInfo(await translator.info(), pair),
    account: () => translator.account?.() ?? NO_ACCOUNT,
    translate: (items, options, signal) => translator.translate(items, options, signal),
  };
}

/** What is told of a model that is used for some languages alone. */
export function limitedInfo(info: TranslatorInfo, { reads, writes }: LanguagePair): TranslatorInfo {
  return { ...info, languages: [...new Set([...reads, ...writes])], reads, writes };
}

/** Whether a model does a pair without a detour; one that does not tell its languages is taken at its user's word. */
export function does(
  { languages, reads = languages, writes = languages }: TranslatorInfo,
  source: string,
  target: string,
) {
  if (languages.length === 0) return true;
  return knows(reads, source) && knows(writes, target);
}

/** The models of a list that may be asked for a pair, by their places in it: all that do it, or else those of the detour. */
export function modelsFor(infos: readonly TranslatorInfo[], source: string, target: string): number[] {
  const places = infos.map((_, place) => place);
  const of = (from: string, to: string): number[] =>
    places.filter((place) => does(infos[place] as TranslatorInfo, from, to));
  const direct = of(source, target);
  if (direct.length > 0) return direct;
  const [into] = of(source, PIVOT);
  const [outOf] = of(PIVOT, target);
  return into === undefined || outOf === undefined ? [] : [...new Set([into, outOf])];
}

/** Models read and write Chinese in one script; the other comes of rewriting. */
function knows(languages: readonly string[], language: string): boolean {
  return languages.includes(language) || languages.includes(engineLanguage(language));
}

function checked(members: readonly Member[]): readonly Member[] {
  const silent = members.length === 1 ? undefined : members.find(({ info }) => info.languages.length === 0);
  if (silent === undefined) return members;
  throw new VoiceLinguaError(
    'INVALID_ARGUMENT',
    `Nothing tells which languages the translation model ${silent.info.model} is for. Among several models it needs ` +
      'them in front: en-de=MODEL.',
    { details: { model: silent.info.model } },
  );
}

function routeOf(members: readonly Member[], source: string, target: string): Route {
  // Nothing but the script is to change.
  if (engineLanguage(source) === engineLanguage(target)) return { kind: 'direct', first: members[0] as Member };
  const first = members.find(({ info }) => does(info, source, target));
  if (first !== undefined) return { kind: 'direct', first };
  const into = members.find(({ info }) => does(info, source, PIVOT));
  const outOf = members.find(({ info }) => does(info, PIVOT, target));
  if (into !== undefined && outOf !== undefined) return { kind: 'pivot', first: into, second: outOf };
  throw new VoiceLinguaError(
    'UNSUPPORTED_LANGUAGE',
    `No translation model brings "${source}" into "${target}", nor two of them through English. ` +
      `${members.map(({ info }) => knowledge(info)).join('; ')}.`,
    { details: { source, target, models: members.map(({ info }) => info.model) } },
  );
}

function knowledge({ model, languages, reads, writes }: TranslatorInfo): string {
  const list = (codes: readonly string[]): string => [...codes].sort().join(', ');
  if (reads === undefined && writes === undefined) return `${model} knows ${list(languages)}`;
  return `${model} reads ${list(reads ?? languages)} and writes ${list(writes ?? languages)}`;
}

/** What gets through all of these models. */
function keptOf(members: readonly Member[]): KeptItems {
  const kept = members.map(({ info }) => info.kept ?? 'marks');
  return kept.includes('cut') ? 'cut' : kept.includes('marks') ? 'marks' : 'told';
}

/** Runs parts side by side and waits for all; the first failure aborts the others and is what it rejects with. */
async function together<T>(
  parts: readonly T[],
  signal: AbortSignal | undefined,
  run: (part: T, signal: AbortSignal | undefined) => Promise<void>,
): Promise<void> {
  const [only] = parts;
  if (only === undefined || parts.length === 1) return only === undefined ? undefined : await run(only, signal);
  const abort = new AbortController();
  // Each call that is in front of the engines listens.
  setMaxListeners(0, abort.signal);
  const follow = (): void => abort.abort(signal?.reason);
  if (signal?.aborted) follow();
  else signal?.addEventListener('abort', follow, { once: true });
  let failure: { readonly error: unknown } | null = null;
  await Promise.all(
    parts.map((part) =>
      run(part, abort.signal).catch((error: unknown) => {
        failure ??= { error };
        abort.abort(error);
      }),
    ),
  );
  signal?.removeEventListener('abort', follow);
  if (failure !== null) throw (failure as { error: unknown }).error;
}
