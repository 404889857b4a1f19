/** How a cluster differs from what people want of it. */
import type { ApiServer, Json, List } from '../api-server.ts';
import { PLATFORM_NAMESPACE } from '../install-chart.ts';
import { keyOf, type Outcome, type Wanted } from './operations.ts';
import { collection } from './paths.ts';
import { type Child, childProblems, isOwnedBy, STANDING } from './wanted-children.ts';

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly observedGeneration?: number;
}

interface Workspace extends Json {
  readonly status?: {
    readonly phase?: string;
    readonly observedGeneration?: number;
    readonly podUid?: string;
    readonly conditions?: readonly Condition[];
  };
}

interface Pod extends Json {
  readonly spec: {
    readonly containers: readonly {
      readonly image: string;
      readonly resources: { readonly requests: { readonly memory: string } };
    }[];
  };
  readonly status: { readonly conditions?: readonly Condition[] };
}

interface Claim extends Json {
  readonly spec: { readonly resources: { readonly requests: { readonly storage: string } } };
  readonly status: { readonly phase: string };
}

/** By namespace and name. */
type Found = Readonly<Record<string, ReadonlyMap<string, Json>>>;

const KINDS = ['workspaces', 'pods', 'persistentvolumeclaims', 'secrets', ...STANDING];
const PREFIX = 'ws-';

export interface World {
  readonly server: ApiServer;
  readonly namespaces: readonly string[];
  /** The image of each environment. */
  readonly images: Readonly<Record<string, string>>;
}

/** As sentences; none: what is there is what is wanted, and nothing besides. */
export async function differences(
  { server, namespaces, images }: World,
  outcomes: readonly Outcome[]
): Promise<string[]> {
  const found = await read(server, namespaces);
  const known = new Set(outcomes.map(({ slot }) => keyOf(slot)));
  const problems = outcomes.flatMap(outcome =>
    problemsOf(outcome, found, images).map(problem => `${keyOf(outcome.slot)}: ${problem}`)
  );
  for (const kind of KINDS) {
    for (const key of found[kind]?.keys() ?? []) if (!known.has(key)) problems.push(`${kind} of nobody: ${key}`);
  }
  return problems;
}

async function read(server: ApiServer, namespaces: readonly string[]): Promise<Found> {
  const all = await Promise.all(
    KINDS.map(async kind => {
      const lists = await Promise.all(
        namespaces.map(namespace => server.sooner<List<Json>>('GET', collection(kind, namespace)))
      );
      return [kind, new Map(lists.flatMap(({ items }) => items.flatMap(item => entryOf(kind, item))))] as const;
    })
  );
  return Object.fromEntries(all);
}

/** What every namespace has is nobody's child. */
function entryOf(kind: string, item: Json): [string, Json][] {
  const { name, namespace } = item.metadata;
  if (kind === 'workspaces') return [[`${namespace}/${name}`, item]];
  const isOurs = name.startsWith(PREFIX) || item.metadata.labels?.['berth.dev/workspace'] !== undefined;
  return isOurs ? [[`${namespace}/${name.replace(PREFIX, '')}`, item]] : [];
}

function problemsOf(outcome: Outcome, found: Found, images: World['images']): string[] {
  const { slot, wanted } = outcome;
  const of = (kind: string): Json | undefined => found[kind]?.get(keyOf(slot));
  const workspace = of('workspaces') as Workspace | undefined;
  if (wanted === undefined) return leftovers(outcome, of);
  if (workspace === undefined) return ['it is lost'];
  const who = { name: slot.name, uid: workspace.metadata.uid };
  const pod = of('pods') as Pod | undefined;
  const common = [
    ...STANDING.flatMap(kind => childProblems(kind, of(kind) as Child | undefined, who, PLATFORM_NAMESPACE)),
    ...statusProblems(workspace, wanted.running ? 'Running' : 'Stopped'),
    ...homeProblems(outcome, wanted, workspace, of('persistentvolumeclaims') as Claim | undefined)
  ];
  if (!wanted.running) return [...common, ...those([pod !== undefined, 'it has a pod'])];
  return [
    ...common,
    ...those([of('secrets') === undefined, 'it has no token']),
    ...(pod === undefined ? ['it has no pod'] : podProblems(wanted, workspace, pod, images))
  ];
}

/** The sentences that are true. */
function those(...sentences: readonly (readonly [isSo: boolean, sentence: string])[]): string[] {
  return sentences.filter(([isSo]) => isSo).map(([, sentence]) => sentence);
}

function leftovers({ slot, wasOrphaned }: Outcome, of: (kind: string) => Json | undefined): string[] {
  const mayStay = [
    ...(slot.whenDeleted === 'Keep' || wasOrphaned ? ['persistentvolumeclaims'] : []),
    // The operator may not see Secrets, nor end one that was cut loose.
    ...(wasOrphaned ? ['secrets'] : [])
  ];
  return KINDS.filter(kind => of(kind) !== undefined && !mayStay.includes(kind)).map(kind => `its ${kind} are left`);
}

function statusProblems({ metadata: { generation }, status = {} }: Workspace, phase: string): string[] {
  const ready = condition(status, 'Ready');
  const isCurrent = status.observedGeneration === generation && ready?.observedGeneration === generation;
  return those(
    [status.phase !== phase, `its phase is ${status.phase} (${ready?.reason}) and not ${phase}`],
    [!isCurrent, `its status is of generation ${status.observedGeneration}, and it has ${generation}`]
  );
}

function podProblems(
  { environment, memory }: Wanted,
  { metadata: { uid }, status }: Workspace,
  pod: Pod,
  images: World['images']
): string[] {
  const [container] = pod.spec.containers;
  const isAsWanted = container?.image === images[environment] && container?.resources.requests.memory === memory;
  const needsRestart = condition(status, 'RestartNeeded')?.status === 'True';
  return those(
    [pod.metadata.deletionTimestamp !== undefined, 'its pod ends'],
    [condition(pod.status, 'Ready')?.status !== 'True', 'its pod is not ready'],
    [!isOwnedBy(pod, uid), 'its pod belongs to somebody else'],
    [status?.podUid !== pod.metadata.uid, 'its status names another pod'],
    [isAsWanted && needsRestart, 'it says that it needs a restart, and it does not'],
    [!isAsWanted && !needsRestart, 'what runs is not what is wanted, and it does not say so']
  );
}

function homeProblems({ slot }: Outcome, { running, homeGib }: Wanted, workspace: Workspace, claim?: Claim): string[] {
  if (claim === undefined) return those([running, 'it has no home']);
  const { metadata, spec, status } = claim;
  const owner = slot.whenDeleted === 'Delete' ? workspace.metadata.uid : '';
  const is = (metadata.ownerReferences ?? []).map(({ uid }) => uid).join();
  return those(
    [is !== owner, `its home belongs to ${is || 'nobody'}`],
    [metadata.deletionTimestamp !== undefined, 'its home ends'],
    [metadata.annotations?.['berth.dev/owner'] === undefined, 'its home does not say whose it is'],
    [running && status.phase !== 'Bound', `its home is ${status.phase}`],
    [Number.parseInt(spec.resources.requests.storage, 10) < homeGib, 'its home has not grown']
  );
}

function condition(
  status: { readonly conditions?: readonly Condition[] } | undefined,
  type: string
): Condition | undefined {
  return status?.conditions?.find(each => each.type === type);
}
