/** The workspace controller, put together from what a process has anyway. */
import { Controller, type ControllerOptions } from '../../runtime/controller.js';
import { WorkQueue } from '../../runtime/work-queue.js';
import { watchForWorkspaces, workspaceKeys } from './caches.js';
import { WorkspaceReconciler, type WorkspaceReconcilerOptions } from './workspace-reconciler.js';

export interface WorkspaceControllerOptions
  extends WorkspaceReconcilerOptions, Pick<ControllerOptions, 'workers' | 'clock' | 'log' | 'metrics'> {
  readonly random: () => number;
}

export function createWorkspaceController(options: WorkspaceControllerOptions): Controller {
  const { caches, workers, clock, random, log, metrics } = options;
  const queue = new WorkQueue({ clock, random });
  watchForWorkspaces(caches, key => queue.add(key));
  const reconciler = new WorkspaceReconciler(options);
  const keys = (): Iterable<string> => workspaceKeys(caches);
  return new Controller({ name: 'workspace', queue, reconciler, workers, keys, clock, log, metrics });
}
