import type { Artifacts, Stage } from './stage.js';

/** Compares the transcript with what was really said. */
export const assessStage: Stage = {
  name: 'assess',
  needs: ['transcript'],
  gives: 'accuracy',
  weight: () => 0,
  wanted: (task) => task.type === 'audio' && task.referenceText !== undefined,
  run: async ({ task, artifacts, ports, report, signal }): Promise<Artifacts> => {
    const accuracy = await ports.assess(artifacts.transcript?.text ?? '', task.referenceText as string, signal);
    await report({ accuracy });
    return { accuracy };
  },
};
