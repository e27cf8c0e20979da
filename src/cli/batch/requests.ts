import type { TaskRequest } from '../api.js';
import { type Context, targetLanguages, termOptions } from '../context.js';
import { usageError } from '../errors.js';
import { type InputSource, lookAhead } from '../inputs.js';
import { defined, displayName } from '../io.js';
import { referenceFinder, referenceIsFolder } from '../references.js';
import { audioOptions } from '../speech.js';

/** An input as the library takes it. */
export interface Work {
  readonly name: string;
  readonly request: TaskRequest;
}

/** Fills in what the options say where an input says nothing itself. */
export class RequestMaker {
  readonly #context: Context;
  readonly #languages: readonly string[];
  readonly #reference: (textId: string) => string | undefined;
  /** Of each text id so far; null when nothing is written under it. */
  readonly #textIds: Set<string> | null;

  private constructor(
    context: Context,
    languages: readonly string[],
    reference: (textId: string) => string | undefined,
    warnOfSharedIds: boolean,
  ) {
    this.#context = context;
    this.#languages = languages;
    this.#reference = reference;
    this.#textIds = warnOfSharedIds ? new Set() : null;
  }

  /**
   * @param recordings how many there are, where that is known; one file of reference text serves one recording only
   * @param warnOfSharedIds warns when files of several inputs go to the same place
   */
  static async open(context: Context, recordings: number, warnOfSharedIds: boolean): Promise<RequestMaker> {
    const { settings, io } = context;
    return new RequestMaker(
      context,
      await targetLanguages(context, settings.to ?? ['all']),
      referenceFinder(settings.reference, recordings, io.cwd),
      warnOfSharedIds && settings.out !== undefined,
    );
  }

  /** @throws for a reference text that cannot be read, or languages that are none */
  async make({ name, request }: Work): Promise<Work> {
    const { settings, ui } = this.#context;
    const textId = settings.textId ?? request.textId ?? name;
    const isAudio = request.audio !== undefined;
    const found = request.referenceText ?? (isAudio ? this.#reference(textId) : undefined);
    if (settings.reference !== undefined && isAudio && found === undefined) {
      ui.warning(`no reference text for ${displayName(textId)}: it gets no accuracy`);
    }
    if (this.#textIds?.has(textId)) {
      ui.warning(`several tasks have the text id ${displayName(textId)}: the last one's files stay`);
    }
    this.#textIds?.add(textId);
    const terms = { ...termOptions(this.#context), ...request.translate };
    const own = request.languages === undefined ? undefined : await targetLanguages(this.#context, request.languages);
    return {
      name,
      request: defined({
        ...request,
        textId,
        languages: own ?? this.#languages,
        referenceText: found,
        language: request.language ?? settings.language,
        priority: request.priority ?? settings.priority,
        sttModel: isAudio ? settings.sttModel : undefined,
        mtModel: settings.mtModel,
        transcribe: isAudio ? audioOptions(settings) : undefined,
        translate: Object.keys(terms).length === 0 ? undefined : terms,
      }),
    };
  }
}

/**
 * The maker for what `source` gives. `--text-id` and a single reference text are for one input: then all inputs are looked
 * at first. `work` says whether any is work.
 * @throws {CliError} when there are more than the options can be meant for
 */
export async function openRequests(
  context: Context,
  source: InputSource,
): Promise<{ readonly requests: RequestMaker; readonly source: InputSource; readonly work: boolean }> {
  const { settings, io } = context;
  const single = settings.reference !== undefined && !referenceIsFolder(settings.reference, io.cwd);
  const ahead = await lookAhead(source, single || settings.textId !== undefined);
  const { inputs } = ahead;
  if (settings.textId !== undefined && inputs.length !== 1) {
    throw usageError(
      `--text-id names one content, and there are ${inputs.length} inputs. Use a manifest with text_id.`,
    );
  }
  const recordings = inputs.filter((input) => 'request' in input && input.request.audio !== undefined).length;
  return {
    requests: await RequestMaker.open(context, recordings, true),
    source: ahead.source,
    work: inputs.some((input) => 'request' in input),
  };
}
