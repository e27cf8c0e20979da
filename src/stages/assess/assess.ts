import { heardTokens } from '../../domain/edits.js';
import type { Artifacts, Stage } from '../stage.js';
import { findMissing } from './missing-words.js';

/** Compares the transcript with what was really said, and lists what is wrong unless `edits` is false. */
export const assessStage: Stage = {
  name: 'assess',
  needs: ['transcript'],
  gives: 'accuracy',
  weight: () => 0,
  wanted: (task) => task.type === 'audio' && task.referenceText !== undefined,
  run: async (context): Promise<Artifacts> => {
    const { task, artifacts, ports, report, signal } = context;
    const { transcript } = artifacts;
    const reference = task.referenceText as string;
    const heard = task.options.edits === false ? undefined : heardTokens(transcript?.segments ?? []);
    const compared = await ports.assess(transcript?.text ?? '', reference, signal, heard);
    const edits = await findMissing(context, compared.edits ?? [], heard ?? []);
    const accuracy = compared.edits === undefined ? compared : { ...compared, edits };
    await report({ accuracy });
    return { accuracy };
  },
};
