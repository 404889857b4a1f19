/** Gives a notebook its kernel back: in the same environment, on the compute that it wishes for. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { CommandIDs } from '../../shared/command-ids.js';
import { environmentOf } from '../../shared/kernelspec.js';
import { startKernel } from '../../shared/start-kernel.js';
import type { IWish } from '../../compute/picker/wish.js';

/** How a kernel comes back: `claim` asks for compute first, and the picker carries it out. */
export type ResumePlan =
  | { readonly kind: 'claim'; readonly environment: string }
  | { readonly kind: 'start'; readonly spec: string }
  | { readonly kind: 'unknown' };

/**
 * @param specs - Kernelspecs that it may have had, the surest first; null and empty ones are none.
 * @param canClaim - Is there a picker that could ask for compute?
 */
export function planResume(
  specs: readonly (string | null | undefined)[],
  wish: IWish | null,
  canClaim: boolean
): ResumePlan {
  const spec = specs.find(it => it !== null && it !== undefined && it !== '');
  if (spec === null || spec === undefined) return { kind: 'unknown' };
  const environment = environmentOf(spec);
  const isWishing = wish !== null && wish.offer !== 'cpu';
  return isWishing && canClaim && environment !== null ? { kind: 'claim', environment } : { kind: 'start', spec };
}

/**
 * Resolves when it is started or waits for its turn; the picker shows the latter.
 *
 * @returns false where the picker has said why it did not work. Rejects with what else went wrong.
 */
export async function resumeKernel(
  { sessionContext, context }: Pick<NotebookPanel, 'sessionContext' | 'context'>,
  plan: Exclude<ResumePlan, { readonly kind: 'unknown' }>,
  commands: JupyterFrontEnd['commands']
): Promise<boolean> {
  if (plan.kind === 'start') {
    await startKernel(sessionContext, plan.spec);
    return true;
  }
  const args = { notebook: context.path, environment: plan.environment };
  return (await commands.execute(CommandIDs.resumeCompute, args)) === true;
}
