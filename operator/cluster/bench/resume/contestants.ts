/** The two that are measured: a workspace that is resumed, and a pod of the same make that is created. */
import { childName, ENVIRONMENTS, type Workspace, WORKSPACES } from '../../../lib/api/index.js';
import { CLAIMS, PODS, SECRETS, SERVICES } from '../../../lib/controllers/core-objects.js';
import type { ApiClient } from '../../../lib/runtime/api-client.js';
import { apiVersionOf, type ApiObject, type Key, type Resource } from '../../../lib/runtime/resource.js';
import { waitUntil } from '../../../../scripts/wait-until.ts';
import { PLATFORM_NAMESPACE } from '../../testkit/install-chart.ts';

const NAMESPACE = 'bench';
const WORKSPACE = 'lab';
const RAW = 'raw';
const HOME = { size: '1Gi' };
const LONGEST_MS = 300_000;
const NAMESPACES: Resource = { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace', namespaced: false };

type Body = ApiObject & Readonly<Record<string, unknown>>;
interface PodSpec {
  readonly volumes: readonly object[];
  readonly [field: string]: unknown;
}

export interface Contestant {
  readonly pod: Key;
  /** Where it is reached whatever pod it has; undefined: only at the pod's own address. */
  readonly service?: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Set by the API server or of this one pod: another one gets its own. */
const NOT_COPIED = ['nodeName', 'serviceAccount', 'serviceAccountName', 'priority', 'preemptionPolicy'];

export class Contestants {
  private readonly client: ApiClient;
  private readonly image: string;

  constructor(client: ApiClient, image: string) {
    this.client = client;
    this.image = image;
  }

  /** Running for the first time once it resolves, so that its volume is there. */
  async workspace(): Promise<Contestant> {
    await this.apply(NAMESPACES, NAMESPACE, {});
    await this.apply(ENVIRONMENTS, 'bench', { spec: { image: this.image } }, PLATFORM_NAMESPACE);
    const run = async (running: boolean): Promise<void> => {
      const spec = { environment: { name: 'bench' }, compute: { cpu: '100m', memory: '1Gi' }, home: HOME, running };
      await this.apply(WORKSPACES, WORKSPACE, { spec }, NAMESPACE);
    };
    const untilPhase = (phase: string): Promise<void> =>
      waitUntil(`the workspace is ${phase}`, LONGEST_MS, async () => {
        const workspace = await this.client.get<Workspace>(WORKSPACES, `${NAMESPACE}/${WORKSPACE}`);
        return workspace?.status?.phase === phase;
      });
    await run(true);
    await untilPhase('Running');
    const pod = `${NAMESPACE}/${childName(WORKSPACE)}`;
    const service = await this.get<Body & { spec: { clusterIP: string } }>(SERVICES, pod);
    const stop = (): Promise<void> => run(false).then(() => untilPhase('Stopped'));
    return { pod, service: `http://${service.spec.clusterIP}`, start: () => run(true), stop };
  }

  /** From the spec of the workspace's pod while it runs; it has a volume of its own. */
  async rawPod(model: Contestant): Promise<Contestant> {
    const { spec } = await this.get<Body & { readonly spec: PodSpec }>(PODS, model.pod);
    const copied = Object.fromEntries(Object.entries(spec).filter(([field]) => !NOT_COPIED.includes(field)));
    const volumes = [{ name: 'home', persistentVolumeClaim: { claimName: RAW } }];
    const resources = { requests: { storage: HOME.size } };
    await this.apply(CLAIMS, RAW, { spec: { accessModes: ['ReadWriteOnce'], resources } }, NAMESPACE);
    const pod = `${NAMESPACE}/${RAW}`;
    const manifest: Body = { metadata: { namespace: NAMESPACE, name: RAW }, spec: { ...copied, volumes } };
    return {
      pod,
      start: async () => void (await this.client.create<Body>(PODS, manifest)),
      stop: async () => void (await this.client.delete(PODS, pod))
    };
  }

  /** Both are asked with the same one. */
  async token({ pod }: Contestant): Promise<string> {
    const { data } = await this.get<Body & { readonly data: { readonly token: string } }>(SECRETS, pod);
    return Buffer.from(data.token, 'base64').toString();
  }

  private async apply(resource: Resource, name: string, fields: object, namespace?: string): Promise<void> {
    const metadata = { name, ...(namespace !== undefined && { namespace }) };
    const body: Body = { apiVersion: apiVersionOf(resource), kind: resource.kind, metadata, ...fields };
    await this.client.apply<Body>(resource, body);
  }

  private async get<T extends ApiObject>(resource: Resource, key: Key): Promise<T> {
    const object = await this.client.get<T>(resource, key);
    if (object === undefined) throw new Error(`there is no ${resource.plural} ${key}`);
    return object;
  }
}
