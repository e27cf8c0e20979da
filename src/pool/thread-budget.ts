import { availableParallelism } from 'node:os';

export interface ThreadBudgetRequest {
  readonly device: 'cpu' | 'cuda';
  /** Lanes asked for. */
  readonly jobs?: number | undefined;
  /** Threads a lane asked for. */
  readonly threads?: number | undefined;
  /** Defaults to what the operating system lets this process use. */
  readonly cores?: number;
}

export interface ThreadBudget {
  /** Worker threads that infer at once. */
  readonly lanes: number;
  /** Engine threads of one lane. */
  readonly threadsPerLane: number;
}

/**
 * The one place where cores become lanes and threads. On a CPU lanes of one thread beat fewer lanes of more threads:
 * they have no barrier to spin at (docs/benchmarks.md, P17). With fewer lanes than cores the rest goes to each lane's
 * threads. A GPU is fed by two lanes, so that one prepares while the other computes.
 */
export function planThreads(request: ThreadBudgetRequest): ThreadBudget {
  const cores = Math.max(1, request.cores ?? availableParallelism());
  if (request.device === 'cuda') return { lanes: request.jobs ?? 2, threadsPerLane: request.threads ?? 1 };
  const lanes = request.jobs ?? Math.max(1, Math.floor(cores / (request.threads ?? 1)));
  return { lanes, threadsPerLane: request.threads ?? Math.max(1, Math.floor(cores / lanes)) };
}
