import type { Package, PackageContent } from '../domain/package.js';
import { cutCues, type SubtitleLayout } from '../domain/subtitles.js';
import { outputPath } from '../domain/text-id.js';
import type { Cue } from './cue.js';
import { findWriters } from './registry.js';
import { writeFileAtomic } from './write-file.js';
import type { LanguageContent, SpokenCue, Writer } from './writer.js';

/** A file that a format makes of a package. */
export interface RenderedFile {
  readonly format: string;
  /** Null for a format of the whole package. */
  readonly language: string | null;
  /** What follows the text id in the file's name, e.g. `.de.srt`. */
  readonly suffix: string;
  readonly data: string;
}

/** A file that a format cannot make of a package. */
export interface SkippedFile {
  readonly format: string;
  readonly language: string;
  readonly reason: string;
}

export interface Rendering {
  readonly files: readonly RenderedFile[];
  readonly skipped: readonly SkippedFile[];
}

/**
 * A package in some formats. Of a language with both contents the formats of one language take the recording's.
 * @throws {VoiceLinguaError} `INVALID_ARGUMENT` for an unknown format
 */
export function renderPackage(pkg: Package, formats: readonly string[], layout: SubtitleLayout = {}): Rendering {
  const writers = findWriters(formats);
  const contents = pkg.languages.flatMap((language) => contentOf(pkg, language) ?? []);
  const files: RenderedFile[] = [];
  const skipped: SkippedFile[] = [];
  for (const writer of writers) {
    if (writer.scope === 'package') {
      files.push({ format: writer.name, language: null, suffix: `.${writer.name}`, data: writer.write(pkg) });
      continue;
    }
    for (const content of contents) {
      const { language } = content;
      const data = writeContent(writer, content, layout);
      if (data === null) skipped.push({ format: writer.name, language, reason: `"${language}" has no times` });
      else files.push({ format: writer.name, language, suffix: `.${language}.${writer.name}`, data });
    }
  }
  return { files, skipped };
}

export interface ExportedPackage {
  /** Paths written, in the order of the formats. */
  readonly paths: readonly string[];
  readonly skipped: readonly SkippedFile[];
}

/**
 * Writes a package as `<out>/<text_id>.json`, `<out>/<text_id>.<language>.srt` and so on. Each file appears complete or
 * not at all, and takes the place of an older one.
 * @throws {VoiceLinguaError} `INVALID_ARGUMENT` for an unknown format, `OUTPUT_UNWRITABLE`
 */
export async function exportPackage(
  pkg: Package,
  out: string,
  formats: readonly string[],
  layout?: SubtitleLayout,
): Promise<ExportedPackage> {
  const { files, skipped } = renderPackage(pkg, formats, layout);
  const paths: string[] = [];
  for (const { suffix, data } of files) {
    const file = outputPath(out, pkg.text_id, suffix);
    await writeFileAtomic(file, data);
    paths.push(file);
  }
  return { paths, skipped };
}

function writeContent(
  writer: Exclude<Writer, { scope: 'package' }>,
  content: LanguageContent,
  layout: SubtitleLayout,
): string | null {
  if (writer.scope === 'language') return writer.write(content);
  return content.cues === null ? null : writer.write(content.cues.flatMap((cue) => cutCue(cue, layout)));
}

function cutCue(cue: SpokenCue, layout: SubtitleLayout): Cue[] {
  const { words: _, ...shared } = cue;
  return cutCues(cue, layout).map((part) => ({ ...shared, ...part }));
}

function contentOf(pkg: Package, language: string): LanguageContent | null {
  const entry = pkg.translations[language];
  const chosen: PackageContent | undefined = entry?.text ?? entry?.reference_text;
  if (chosen === undefined) return null;
  const { content, source } = chosen;
  return { language, source, content, cues: source === 'AUDIO' ? cuesOf(pkg, language) : null };
}

function cuesOf(pkg: Package, language: string): SpokenCue[] | null {
  const texts =
    language === pkg.source_language || pkg.segments.length === 0
      ? pkg.segments.map(({ text }) => text)
      : pkg.segment_translations?.[language];
  if (texts === undefined) return null;
  const own = texts !== pkg.segment_translations?.[language];
  return pkg.segments.map(({ start, end, channel, words }, index) => ({
    start,
    end,
    text: texts[index] ?? '',
    ...(channel === undefined ? {} : { speaker: `Speaker ${channel + 1}` }),
    ...(own && words !== undefined ? { words } : {}),
  }));
}
