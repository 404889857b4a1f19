/** People who work in a namespace with the rights that the chart gives them, and what they and their platform team put there. */
import type { Kubectl } from '../kubectl.js';
import { imageByDigest } from '../testkit/install-chart.js';
import { TEST_CLUSTER } from '../testkit/with-cluster.js';
import { condition } from './objects.testkit.js';
import type { Look, WatchedNamespace } from './watched-namespace.testkit.js';
import { workspace, type WorkspaceObject } from './workspaces.testkit.js';

/** What a small JupyterLab gets along with. */
export const SMALL = { cpu: '20m', memory: '256Mi' };

export interface Wish {
  /** In the namespace of the workspace; `from`: elsewhere. */
  readonly environment?: string;
  readonly from?: 'catalogue' | 'namespace';
  readonly compute?: object;
  readonly home?: object;
  readonly running?: boolean;
}

/** A workspace that runs JupyterLab. */
export function wished(name: string, wish: Wish = {}): WorkspaceObject {
  const { environment = 'lab', from = 'namespace', compute = {}, home = {}, running = true } = wish;
  const spec = {
    environment: { name: environment, from },
    compute: { ...SMALL, ...compute },
    home: { size: '100Mi', ...home },
    running
  };
  return workspace(name, { spec });
}

export function environment(name: string, image: string): object {
  return { apiVersion: 'berth.dev/v1alpha1', kind: 'Environment', metadata: { name }, spec: { image } };
}

/** The image with JupyterLab, and one without. */
export async function images(): Promise<{ readonly lab: string; readonly pause: string }> {
  return { lab: await imageByDigest(TEST_CLUSTER, 'base'), pause: await imageByDigest(TEST_CLUSTER, 'pause') };
}

/**
 * One document each: a List is checked by kubectl and not by the API server, and kubectl misses the owner that the server is yet to
 * write.
 */
export function applied(who: Kubectl, objects: readonly object[]): Promise<void> {
  return who.apply(objects.map(object => JSON.stringify(object)).join('\n---\n'));
}

export async function change(who: Kubectl, kind: string, name: string, by: object): Promise<void> {
  await who.run(['patch', kind, name, '--type=merge', '-p', JSON.stringify(by)]);
}

export const start = (who: Kubectl, name: string) => change(who, 'workspace', name, { spec: { running: true } });

/** Asks for it, and waits until its pod is gone and it is said to be stopped. */
export async function stop(who: Kubectl, watched: WatchedNamespace, name: string): Promise<void> {
  await change(who, 'workspace', name, { spec: { running: false } });
  await watched.until(`${name} is stopped`, 'workspaces', name, isSaid('Stopped'));
}

export const untilRuns = (watched: WatchedNamespace, name: string) =>
  watched.until(`${name} runs`, 'workspaces', name, isSaid('Running'));

/** Ready has this reason, for the spec as it is now. */
export function isSaid(reason: string, type = 'Ready'): Look {
  return object =>
    object !== undefined &&
    object.status?.observedGeneration === object.metadata.generation &&
    condition(object, type).reason === reason;
}
