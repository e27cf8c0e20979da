import type { TaskRecord } from '../domain/task.js';
import type { ArtifactName, Stage } from '../stages/stage.js';

/**
 * The stages that a task needs, in an order in which each finds what it needs: a topological order of the artifacts.
 * A need that no wanted stage gives is left out (a text task has no transcript).
 * @throws {Error} when stages need each other in a circle, which is a mistake of the program
 */
export function planStages(stages: readonly Stage[], task: TaskRecord): Stage[] {
  const wanted = stages.filter((stage) => stage.wanted(task));
  const giver = new Map<ArtifactName, Stage>(wanted.map((stage) => [stage.gives, stage]));
  const plan: Stage[] = [];
  const visiting = new Set<Stage>();
  const visit = (stage: Stage): void => {
    if (plan.includes(stage)) return;
    if (visiting.has(stage)) throw new Error(`Stages need each other in a circle: ${stage.name}`);
    visiting.add(stage);
    for (const need of stage.needs) {
      const source = giver.get(need);
      if (source !== undefined) visit(source);
    }
    plan.push(stage);
  };
  for (const stage of wanted) visit(stage);
  return plan;
}
