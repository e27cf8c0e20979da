import { initial } from './0001-initial.js';
import { recovery } from './0002-recovery.js';
import { coverage } from './0003-coverage.js';
import { translationMemory } from './0004-translation-memory.js';
import { glossaries } from './0005-glossaries.js';

/** A step forward of the schema; there is no way back but the copy that is kept before it. */
export interface Migration {
  /** The schema's `user_version` after it. */
  readonly version: number;
  readonly name: string;
  readonly up: string;
}

/** In order of version, without gaps, from 1. */
export const MIGRATIONS: readonly Migration[] = [initial, recovery, coverage, translationMemory, glossaries];
