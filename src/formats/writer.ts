import type { Package } from '../domain/package.js';
import type { Word } from '../domain/segment.js';
import type { SourceType } from '../domain/task.js';
import type { Cue } from './cue.js';

/** A segment as a cue, with its words where they are known. */
export interface SpokenCue extends Cue {
  readonly words?: readonly Word[];
}

/** What a package holds in one language. */
export interface LanguageContent {
  readonly language: string;
  readonly source: SourceType;
  readonly content: string;
  /** Null when the content has no times: a text, or a translation that was not made segment by segment. */
  readonly cues: readonly SpokenCue[] | null;
}

/** A format that holds a whole package in one file, `<text_id>.<name>`. */
export interface PackageWriter {
  readonly name: string;
  readonly scope: 'package';
  write(pkg: Package): string;
}

/** A format that holds one language, `<text_id>.<language>.<name>`. */
export interface TextWriter {
  readonly name: string;
  readonly scope: 'language';
  write(content: LanguageContent): string;
}

/** A format of cues in one language, `<text_id>.<language>.<name>`; contents without times have no such file. */
export interface CueWriter {
  readonly name: string;
  readonly scope: 'cues';
  write(cues: readonly Cue[]): string;
}

/** A format. Files are UTF-8 without byte order mark. */
export type Writer = PackageWriter | TextWriter | CueWriter;
