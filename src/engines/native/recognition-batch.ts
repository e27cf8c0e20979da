import type { NativeRecognizeOptions } from '../../native/binding.js';
import type { CallJoiner, JoinedCall } from '../../pool/call-batch.js';
import type { LanePoolCall } from '../../pool/lane-pool.js';
import type { ModelRef } from './lane-models.js';
import { type LaneSegment, type Place, splitRow } from './packed-row.js';

const SAMPLE_RATE = 16_000;
/** What Whisper hears at once. */
const ROW_SAMPLES = 30 * SAMPLE_RATE;
/** Longer windows have a row of their own: two of them would not fit into one. */
const LONGEST_PACKED = 15 * SAMPLE_RATE;
/** Silence between two windows in one row, on top of the margins that the windower leaves. */
const GAP_SAMPLES = 0.4 * SAMPLE_RATE;

/** How windows are put together for one call of an engine. */
export interface BatchLimits {
  /** Rows of one call, at most. */
  readonly rows: number;
  /** Whether several short windows may share a row, which costs as much as one of 30 s whatever is in it. */
  readonly pack: boolean;
}

/** What the method `recognize` of a host is given. */
export interface RecognizeParams {
  readonly model: ModelRef;
  readonly window: number;
  /** Whisper's code. */
  readonly language: string;
  /** Language whose script the text is to be in. */
  readonly script: string;
  readonly initialPrompt: string;
  readonly hotwords: string;
  readonly options: NativeRecognizeOptions;
  readonly batch: BatchLimits;
}

/** One row of a lane's `recognize`: 16 kHz mono, with what is known of it. */
export interface LaneRow extends Pick<RecognizeParams, 'language' | 'script' | 'initialPrompt' | 'hotwords'> {
  readonly samples: Float32Array;
  /** Whose window it is, for tests that have one fail. */
  readonly label?: string | undefined;
}

/** Segments of a row; times are seconds of the row. */
export interface LaneRecognition {
  readonly segments: readonly LaneSegment[];
}

interface Member extends RecognizeParams {
  readonly samples: Float32Array;
  readonly label: string | undefined;
}

interface Row {
  readonly members: Member[];
  samples: number;
}

/** Calls that may go together: same weights, same options. */
export function batchKey({ model, options, batch }: RecognizeParams): string {
  return JSON.stringify([model, options, batch]);
}

/** Puts windows of several tasks into one call of the engine, and short ones of one language into one row. */
export const recognitionJoiner: CallJoiner = {
  admits: (others, call) => {
    const members = [...others, call].map(memberOf);
    return layRows(members).length <= (members[0] as Member).batch.rows;
  },
  join: (calls) => joinMembers(calls.map(memberOf)),
};

function memberOf(call: LanePoolCall): Member {
  return { ...(call.params as unknown as Omit<Member, 'label'>), label: call.label };
}

/** First fit, in the order of the calls. */
function layRows(members: readonly Member[]): Row[] {
  const rows: Row[] = [];
  for (const member of members) {
    const { length } = member.samples;
    const row = packable(member) ? rows.find((candidate) => hasRoom(candidate, member)) : undefined;
    if (row === undefined) rows.push({ members: [member], samples: length });
    else {
      row.members.push(member);
      row.samples += GAP_SAMPLES + length;
    }
  }
  return rows;
}

function packable({ batch, samples }: Member): boolean {
  return batch.pack && samples.length <= LONGEST_PACKED;
}

function hasRoom({ members, samples }: Row, member: Member): boolean {
  const first = members[0] as Member;
  return (
    packable(first) &&
    samples + GAP_SAMPLES + member.samples.length <= ROW_SAMPLES &&
    first.language === member.language &&
    first.script === member.script &&
    first.initialPrompt === member.initialPrompt &&
    first.hotwords === member.hotwords
  );
}

function joinMembers(members: readonly Member[]): JoinedCall {
  const { model, options } = members[0] as Member;
  const rows = layRows(members);
  const packed = rows.some((row) => row.members.length > 1);
  const laneRows = rows.map(laneRow);
  return {
    params: {
      model,
      rows: laneRows,
      // A segment that reaches over the border of two windows is divided between its words.
      options: packed ? { ...options, wordTimestamps: true } : options,
    },
    transfer: laneRows.map(({ samples }) => samples.buffer as ArrayBuffer),
    split: (answer) => {
      const results = new Map<Member, { readonly value: unknown } | null>();
      for (const [index, recognition] of (answer as readonly LaneRecognition[]).entries()) {
        const { members: sharing } = rows[index] as Row;
        const parts = sharing.length === 1 ? [recognition.segments] : splitRow(recognition.segments, places(sharing));
        for (const [position, member] of sharing.entries()) {
          const part = parts[position] ?? null;
          results.set(member, part && { value: withoutExtras(part, options.wordTimestamps) });
        }
      }
      return members.map((member) => results.get(member) ?? null);
    },
  };
}

function laneRow({ members, samples }: Row): LaneRow {
  const first = members[0] as Member;
  const { language, script, initialPrompt, hotwords } = first;
  const common = { language, script, initialPrompt, hotwords, label: members.map(({ label }) => label).join(' ') };
  if (members.length === 1) return { ...common, samples: first.samples };
  const joined = new Float32Array(samples);
  for (const [index, { at }] of places(members).entries()) {
    joined.set((members[index] as Member).samples, Math.round(at * SAMPLE_RATE));
  }
  return { ...common, samples: joined };
}

/** Where each window stands in the row, seconds. */
function places(members: readonly Member[]): Place[] {
  let at = 0;
  return members.map(({ samples: { length } }) => {
    const place = { at: at / SAMPLE_RATE, length: length / SAMPLE_RATE };
    at += length + GAP_SAMPLES;
    return place;
  });
}

function withoutExtras(segments: readonly LaneSegment[], words: boolean): readonly LaneSegment[] {
  return words ? segments : segments.map(({ words: _, ...segment }) => segment);
}
