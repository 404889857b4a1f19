/**
 * What Kubeflow's notebook controller (v1) writes, done again by a loop of ours: with our API client, our caches, and as many workers
 * as the operator has. Each pass over a notebook
 *
 *   - updates its StatefulSet, for it compares the pod template that it wants with the one that the API server has filled in with
 *     defaults, and they are never equal;
 *   - updates the notebook's status, for a condition in it holds the time of the pass.
 *
 * Its culler, off by default, updates each notebook's annotations every minute besides. The notebooks are stopped (replicas 0), so
 * that what is measured is the controller and not pods. The model is Kubeflow Notebooks 1.11.
 */
import type { KubeConfig } from '@kubernetes/client-node';
import { ApiClient } from '../../../lib/runtime/api-client.js';
import { isApiError } from '../../../lib/runtime/api-error.js';
import { ApiTransport } from '../../../lib/runtime/api-transport.js';
import { delay, machineClock } from '../../../lib/runtime/clock.js';
import type { ObjectCache } from '../../../lib/runtime/object-cache.js';
import {
  apiVersionOf,
  type ApiObject,
  type Key,
  keyOf,
  type Resource,
  splitKey
} from '../../../lib/runtime/resource.js';
import { waitUntil } from '../../../../scripts/wait-until.ts';
import type { Kubectl } from '../../kubectl.ts';
import { concurrently } from './concurrently.ts';
import type { Place } from './many-workspaces.ts';
import { mirror } from '../mirror.ts';

/** As many as the operator has by default. */
export const WORKERS = 16;
const FIRST_RETRY_MS = 5;
const REQUEST_MS = 180_000;
const FIELD_MANAGER = 'notebook-controller';
const LABEL = 'notebook-name';
const NOTEBOOKS: Resource = {
  group: 'kubeflow.org',
  version: 'v1',
  plural: 'notebooks',
  kind: 'Notebook',
  namespaced: true
};
const STATEFUL_SETS: Resource = {
  group: 'apps',
  version: 'v1',
  plural: 'statefulsets',
  kind: 'StatefulSet',
  namespaced: true
};
const SERVICES: Resource = { group: '', version: 'v1', plural: 'services', kind: 'Service', namespaced: true };

type Body = ApiObject & { readonly spec?: Readonly<Record<string, unknown>>; readonly status?: object };

export interface Passes {
  readonly perS: number;
  readonly writes: number;
}

export class NotebookController {
  private readonly client: ApiClient;
  private readonly transport: ApiTransport;
  private readonly notebooks: ObjectCache<Body>;
  private readonly statefulSets: ObjectCache<Body>;
  private readonly services: ObjectCache<Body>;
  private writes = 0;

  private constructor(
    config: KubeConfig,
    [notebooks, statefulSets, services]: readonly [ObjectCache<Body>, ObjectCache<Body>, ObjectCache<Body>]
  ) {
    this.client = ApiClient.fromKubeConfig(config, { fieldManager: FIELD_MANAGER, requestTimeoutMs: REQUEST_MS });
    this.transport = new ApiTransport(config, {});
    [this.notebooks, this.statefulSets, this.services] = [notebooks, statefulSets, services];
  }

  /** The custom resource is there once this resolves, and the controller follows what there is of it until the signal is aborted. */
  static async start(config: KubeConfig, kubectl: Kubectl, signal: AbortSignal): Promise<NotebookController> {
    await kubectl.apply([notebookDefinition()]);
    await kubectl.run(['wait', '--for=condition=Established', `crd/${NOTEBOOKS.plural}.${NOTEBOOKS.group}`]);
    const client = ApiClient.fromKubeConfig(config, { fieldManager: FIELD_MANAGER, requestTimeoutMs: REQUEST_MS });
    const follow = (resource: Resource): Promise<ObjectCache<Body>> =>
      mirror<Body>(client, { resource, ...(resource !== NOTEBOOKS && { labelSelector: LABEL }) }, signal);
    const caches = [await follow(NOTEBOOKS), await follow(STATEFUL_SETS), await follow(SERVICES)] as const;
    return new NotebookController(config, caches);
  }

  /** Makes notebooks with the children that their first pass would make. */
  async populate(places: readonly Place[]): Promise<void> {
    await concurrently(places, WORKERS, async place => {
      await this.client.create<Body>(NOTEBOOKS, {
        metadata: notebookMeta(place),
        spec: { template: podTemplate(place) }
      });
      await this.client.create<Body>(STATEFUL_SETS, { metadata: childMeta(place), spec: statefulSetSpec(place) });
      await this.client.create<Body>(SERVICES, { metadata: childMeta(place), spec: serviceSpec(place) });
    });
    await waitUntil('the controller has seen all notebooks', 600_000, () =>
      [this.notebooks, this.statefulSets, this.services].every(({ size }) => size === places.length)
    );
  }

  /** One pass over every notebook, as after a restart. */
  async passOverAll(): Promise<Passes> {
    const before = performance.now();
    const writesBefore = this.writes;
    const keys = [...this.notebooks.keys()];
    await concurrently(keys, WORKERS, key => this.reconcile(key));
    const writes = this.writes - writesBefore;
    return { perS: keys.length / ((performance.now() - before) / 1000), writes };
  }

  /** An attempt that meets a newer object is made again, as soon as the work queue of the original would. */
  private async reconcile(key: Key): Promise<void> {
    for (;;) {
      try {
        return await this.pass(key);
      } catch (error: unknown) {
        if (!isApiError(error, 409)) throw error;
        await delay(machineClock, FIRST_RETRY_MS);
      }
    }
  }

  private async pass(key: Key): Promise<void> {
    const [notebook, statefulSet] = [this.notebooks.get(key), this.statefulSets.get(key)];
    if (notebook === undefined || statefulSet === undefined || this.services.get(key) === undefined) return;
    const { namespace = '', name } = splitKey(key);
    const template = podTemplate({ namespace, name }); // without the API server's defaults: never equal to what is there
    await this.put(STATEFUL_SETS, { ...statefulSet, spec: { ...statefulSet.spec, replicas: 0, template } });
    await this.put(NOTEBOOKS, { ...notebook, status: statusAt(new Date()) }, '/status');
  }

  private async put(resource: Resource, object: Body, subresource = ''): Promise<void> {
    const { namespace = '', name } = splitKey(keyOf(object));
    const path = `/apis/${apiVersionOf(resource)}/namespaces/${namespace}/${resource.plural}/${name}${subresource}`;
    await this.transport.json({ method: 'PUT', path, query: { fieldManager: FIELD_MANAGER }, body: object });
    this.writes += 1;
  }
}

function statusAt(now: Date): object {
  const at = now.toISOString().replace(/\.\d+Z$/, 'Z');
  const running = { type: 'Running', status: 'True', lastProbeTime: at, lastTransitionTime: at };
  return { conditions: [running], readyReplicas: 1, containerState: { running: { startedAt: at } } };
}

const notebookMeta = ({ namespace, name }: Place): ApiObject['metadata'] => ({ namespace, name });
const childMeta = ({ namespace, name }: Place): ApiObject['metadata'] => ({
  namespace,
  name,
  labels: { [LABEL]: name }
});

function podTemplate({ name }: Place): Readonly<Record<string, unknown>> {
  const resources = { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '128Mi' } };
  const ports = [{ containerPort: 8888, name: 'notebook-port', protocol: 'TCP' }];
  const image = 'localhost/berth/base:1';
  return {
    metadata: { labels: { statefulset: name, [LABEL]: name } },
    spec: { containers: [{ name, image, ports, resources, env: [{ name: 'NB_PREFIX', value: `/notebook/${name}` }] }] }
  };
}

function statefulSetSpec(place: Place): Readonly<Record<string, unknown>> {
  const selector = { matchLabels: { statefulset: place.name } };
  return { replicas: 0, serviceName: place.name, selector, template: podTemplate(place) };
}

function serviceSpec({ name }: Place): Readonly<Record<string, unknown>> {
  const ports = [{ name: 'http-notebook', port: 80, targetPort: 8888, protocol: 'TCP' }];
  return { type: 'ClusterIP', selector: { statefulset: name }, ports };
}

function notebookDefinition(): object {
  const { group, version, plural, kind } = NOTEBOOKS;
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const names = { plural, singular: 'notebook', kind };
  const versions = [{ name: version, served: true, storage: true, schema, subresources: { status: {} } }];
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: { group, names, scope: 'Namespaced', versions }
  };
}
