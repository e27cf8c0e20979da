import { hash } from 'node:crypto';
import { IMPORTED_MODEL, MAX_MEMORY_TEXT, type MemoryKey, type NewMemoryEntry } from '../domain/translation-memory.js';
import { checkedCount, checkedDuration, checkedId, checkedShare, checkedText, inBatch } from './rules.js';
import type { MemoryFilter, MemoryPrune } from './task-store.js';

/** Most entries of the translation memory, unless the store is opened with another number. */
export const DEFAULT_MEMORY_LIMIT = 200_000;

/** Characters of a hash, six bits each: 132 bits tell any two texts apart. */
const KEY_LENGTH = 22;

export function checkedMemoryLimit(limit: number | undefined): number {
  return limit === undefined ? DEFAULT_MEMORY_LIMIT : checkedCount('memoryLimit', limit);
}

/** What a text and its pair of languages are found by, whatever model translated it. */
export function hashOf({ text, source, target }: Pick<MemoryKey, 'text' | 'source' | 'target'>): string {
  // Codes of languages hold no NUL, so that no two triples give one text.
  return hash('sha256', `${source}\0${target}\0${text}`, 'base64url').slice(0, KEY_LENGTH);
}

export function checkedKeys(keys: readonly MemoryKey[]): MemoryKey[] {
  return inBatch('Key', keys, checkedKey);
}

/** All or none: the first bad one is named by its index. */
export function checkedEntries(entries: readonly NewMemoryEntry[]): NewMemoryEntry[] {
  return inBatch('Entry', entries, (entry) => ({
    ...checkedKey(entry),
    // One import answers for all options.
    ...(entry.model === IMPORTED_MODEL ? { options: '' } : {}),
    translation: checkedText('translation', entry.translation, MAX_MEMORY_TEXT),
    confidence: checkedShare('confidence', entry.confidence),
  }));
}

function checkedKey(key: MemoryKey): MemoryKey {
  return {
    text: checkedText('text', key.text, MAX_MEMORY_TEXT),
    source: checkedId('source', key.source),
    target: checkedId('target', key.target),
    model: checkedId('model', key.model),
    options: checkedText('options', key.options, MAX_MEMORY_TEXT),
  };
}

/** A page as asked for; null for any. */
export interface CheckedMemoryFilter {
  readonly source: string | null;
  readonly target: string | null;
  readonly model: string | null;
  readonly after: number;
  readonly limit: number;
}

export function checkedMemoryFilter(filter: MemoryFilter): CheckedMemoryFilter {
  const { source, target, model, after = 0 } = filter;
  return {
    source: source === undefined ? null : checkedId('source', source),
    target: target === undefined ? null : checkedId('target', target),
    model: model === undefined ? null : checkedId('model', model),
    after: checkedCount('after', after),
    limit: checkedCount('limit', filter.limit),
  };
}

export interface CheckedMemoryPrune {
  readonly keep: number;
  /** Wall-clock time: only what was last used then or earlier. */
  readonly usedBy: number;
  readonly model: string | null;
  readonly limit: number;
  readonly dryRun: boolean;
}

export function checkedMemoryPrune(filter: MemoryPrune, now: number): CheckedMemoryPrune {
  return {
    keep: filter.keep === undefined ? 0 : checkedCount('keep', filter.keep),
    usedBy:
      filter.olderThanMs === undefined
        ? Number.MAX_SAFE_INTEGER
        : Math.floor(now - checkedDuration('olderThanMs', filter.olderThanMs)),
    model: filter.model === undefined ? null : checkedId('model', filter.model),
    limit: checkedCount('limit', filter.limit),
    dryRun: filter.dryRun === true,
  };
}
