import { VoiceLinguaError } from '../../domain/errors.js';
import type { Segment } from '../../domain/segment.js';
import type { SourceType, TaskRecord } from '../../domain/task.js';
import type { Unit } from '../../domain/unit.js';
import type { StageContext } from '../stage.js';

/** A text of the task: what was said, or what was given. */
export interface Content {
  readonly source: SourceType;
  readonly language: string;
  readonly confidence: number;
  readonly text: string;
  readonly units: readonly Unit[];
  /** Spans of a recording that the text was put together from. */
  readonly segments?: readonly Segment[];
}

/** What a task has to translate: its transcript, its text or reference text, or both. */
export function contentsOf({ task, artifacts }: StageContext): Content[] {
  const contents: Content[] = [];
  const transcript = artifacts.transcript;
  if (transcript !== undefined) {
    const { text, language, confidence, segments } = transcript;
    contents.push({ source: 'AUDIO', language, confidence, text, units: [{ id: '0', text }], segments });
  }
  const given = task.type === 'text' ? task.text : task.referenceText;
  if (given !== undefined) {
    const units = (task.options.units as readonly Unit[] | undefined) ?? [{ id: '0', text: given }];
    const language = transcript?.language ?? task.sourceLanguage;
    contents.push({ source: 'TEXT', language, confidence: 1, text: given, units });
  }
  return contents;
}

/** @throws {VoiceLinguaError} `UNSUPPORTED_LANGUAGE` for one that the model does not know */
export function checkLanguages(
  known: readonly string[],
  model: string,
  contents: readonly Content[],
  task: Pick<TaskRecord, 'languages' | 'type' | 'sourceLanguage'>,
): void {
  if (known.length === 0) return;
  for (const language of [...contents.map((content) => content.language), ...task.languages]) {
    if (known.includes(language)) continue;
    // Of a text it is not known whether its language was given or detected.
    const maybeDetected =
      !task.languages.includes(language) && (task.type === 'text' || task.sourceLanguage === 'auto');
    const hint = maybeDetected ? ' If it is in another language, name that (--language, or "from").' : '';
    throw new VoiceLinguaError(
      'UNSUPPORTED_LANGUAGE',
      `The translation model ${model} does not know "${language}". It knows ${[...known].sort().join(', ')}.${hint}`,
      { details: { language, model } },
    );
  }
}
