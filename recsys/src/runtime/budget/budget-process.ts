/** A process of one budget. */
import { EXIT_GROWN } from '../child.js';
import type { Compute } from '../create-request.js';
import { serveRequests } from '../serve-requests.js';
import { BudgetService } from './budget-service.js';

export interface BudgetProcessOptions {
  readonly folder: string;
  readonly threads: number;
  readonly isResident: boolean;
  readonly wanted: Compute['device'];
  /** What could be taken now. */
  readonly availableMemory: () => number;
}

export function runBudgetProcess({ wanted, ...options }: BudgetProcessOptions): void {
  const now = (): number => performance.now();
  const service = new BudgetService({ ...options, now });
  serveRequests({
    opened: service.open(wanted),
    call: asked => service.call(asked),
    onIdle: () => {
      if (service.hasLostDevice) process.stdout.end(() => process.exit(EXIT_GROWN));
    },
    now
  });
}
