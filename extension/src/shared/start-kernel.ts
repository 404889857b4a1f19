/** Gives a notebook a kernel, or starts the one that it has anew. */
import type { ISessionContext } from '@jupyterlab/apputils';

/** Errors are for whoever calls: Lab's own way to restart keeps them to itself. */
export async function startKernel(sessionContext: ISessionContext, spec: string): Promise<void> {
  const { session, specsManager } = sessionContext;
  if (specsManager.specs?.kernelspecs[spec] === undefined) await specsManager.refreshSpecs();
  const kernel = session?.kernel;
  if (session === null || session === undefined) await sessionContext.changeKernel({ name: spec });
  else if (kernel && kernel.name === spec && kernel.status !== 'dead') await kernel.restart();
  else await session.changeKernel({ name: spec });
}
