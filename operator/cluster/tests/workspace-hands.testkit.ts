/** What people and other systems do to the children of a workspace. */
import type { Kubectl } from '../kubectl.js';
import { podSpec } from './objects.testkit.js';
import type { SeenObject } from './watched-namespace.testkit.js';

export const CHILDREN = ['pods', 'services', 'networkpolicies', 'serviceaccounts'] as const;

const labelled = (workspace: string) => ({ 'berth.dev/workspace': workspace });

/** What we write on the children of a workspace. */
export const ourLabels = (workspace: string) => ({ ...labelled(workspace), 'app.kubernetes.io/managed-by': 'berth' });

/** A workspace whose life is another system's. */
export function adopting(name: string, pod: string): object {
  return {
    apiVersion: 'berth.dev/v1alpha1',
    kind: 'Workspace',
    metadata: { name },
    spec: { environment: { name: 'lab', from: 'namespace' }, adopt: { pod } }
  };
}

/** As KubeSpawner makes them, with `extra_labels`. */
export function podOfKubeSpawner(user: string, workspace: string): object {
  const labels = { app: 'jupyterhub', component: 'singleuser-server', ...labelled(workspace) };
  const metadata = { name: `jupyter-${user}`, labels, annotations: { 'hub.jupyter.org/username': user } };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { ...podSpec({}), restartPolicy: 'OnFailure' } };
}

/** As Kubeflow's notebook controller makes them: the pod is `<name>-0`. */
export function setOfKubeflow(name: string, workspace: string): object {
  const labels = { 'notebook-name': name, statefulset: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name },
    spec: {
      replicas: 1,
      selector: { matchLabels: { statefulset: name } },
      template: {
        metadata: { labels: { ...labels, ...labelled(workspace) } },
        spec: { ...podSpec({}), restartPolicy: 'Always' }
      }
    }
  };
}

/** Whoever has written to it, by the names of their programs. */
export async function writersOf(who: Kubectl, kind: string, name: string): Promise<string[]> {
  const text = await who.run(['get', kind, name, '--show-managed-fields', '-o', 'json']);
  const { metadata } = JSON.parse(text) as { metadata: { managedFields?: { manager?: string }[] } };
  return (metadata.managedFields ?? []).map(({ manager = '' }) => manager);
}

export const isOwnedBy = (object: SeenObject | undefined, owner: SeenObject): boolean =>
  object?.metadata.ownerReferences?.some(({ uid }) => uid === owner.metadata.uid) === true;
