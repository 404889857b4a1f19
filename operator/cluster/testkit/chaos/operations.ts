/**
 * What people do to workspaces, chosen by a seed before anything is done: operations in their order for each workspace, and what must be
 * there after the last. Pure.
 */
import { SeededRandom } from './seeded-random.ts';

/** A name in a namespace, at which a workspace may be or not. What becomes of its home is the same in every life. */
export interface Slot {
  readonly namespace: string;
  readonly name: string;
  readonly whenDeleted: 'Keep' | 'Delete';
}

export const keyOf = ({ namespace, name }: Slot): string => `${namespace}/${name}`;

/** What a person asks for. */
export interface Wanted {
  readonly running: boolean;
  readonly environment: string;
  readonly memory: string;
  readonly homeGib: number;
}

export const EDITS = ['selector', 'labels', 'ingress', 'owner', 'automount'] as const;
/** What of which child is edited by hand. */
export type Edit = (typeof EDITS)[number];
export const CHILDREN = ['services', 'networkpolicies', 'serviceaccounts'] as const;
export type ChildKind = (typeof CHILDREN)[number];
export type Cascade = 'Background' | 'Foreground' | 'Orphan';

export type Operation = { readonly slot: Slot } & (
  | { readonly kind: 'create'; readonly wanted: Wanted }
  | { readonly kind: 'change'; readonly to: Partial<Wanted>; readonly stops: boolean }
  | { readonly kind: 'delete'; readonly cascade: Cascade }
  /** With nothing in between: the children of the first are still there. */
  | { readonly kind: 'replace'; readonly cascade: Cascade; readonly wanted: Wanted }
  | { readonly kind: 'delete-child'; readonly child: ChildKind }
  | { readonly kind: 'edit-child'; readonly edit: Edit }
  | { readonly kind: 'delete-pod' }
);

/** What is to be there in the end. */
export interface Outcome {
  readonly slot: Slot;
  /** Absent: there is no workspace. */
  readonly wanted?: Wanted;
  /** Children of one of its lives were cut loose: its token, which the operator may not see, stays. */
  readonly wasOrphaned: boolean;
}

export interface OperationPlan {
  readonly operations: readonly Operation[];
  readonly outcomes: readonly Outcome[];
}

export interface OperationOptions {
  readonly seed: number;
  readonly namespaces: readonly string[];
  readonly workspaces: number;
  readonly operations: number;
  readonly environments: readonly string[];
}

const MEMORY = ['64Mi', '128Mi', '192Mi'];
const CASCADES: Readonly<Record<Cascade, number>> = { Background: 6, Foreground: 2, Orphan: 2 };
const CHANGES = { running: 25, environment: 10, memory: 10, homeGib: 5 };
const WEIGHTS = {
  change: 50,
  delete: 10,
  replace: 8,
  'delete-child': 10,
  'edit-child': 10,
  'delete-pod': 12
};

interface State {
  wanted?: Wanted | undefined;
  wasOrphaned: boolean;
}

/** First every workspace is made, then whatever the seed says. */
export function planOperations(options: OperationOptions): OperationPlan {
  const random = new SeededRandom(options.seed);
  const slots: Slot[] = Array.from({ length: options.workspaces }, (_, index) => ({
    namespace: options.namespaces[index % options.namespaces.length] ?? '',
    name: `w${index}`,
    whenDeleted: index % 2 === 0 ? 'Keep' : 'Delete'
  }));
  const states = new Map<Slot, State>(slots.map(slot => [slot, { wasOrphaned: false }]));
  const operations = Array.from({ length: options.operations }, (_, index) => {
    const slot = slots[index] ?? random.pick(slots);
    const state = states.get(slot) as State;
    const operation = nextOperation(slot, state.wanted, random, options.environments);
    follow(state, operation);
    return operation;
  });
  return { operations, outcomes: slots.map(slot => ({ slot, ...(states.get(slot) as State) }) as Outcome) };
}

function nextOperation(
  slot: Slot,
  wanted: Wanted | undefined,
  random: SeededRandom,
  environments: readonly string[]
): Operation {
  const anything = (): Wanted => ({
    running: random.next() < 0.85,
    environment: random.pick(environments),
    memory: random.pick(MEMORY),
    homeGib: 1 + random.below(3)
  });
  if (wanted === undefined) return { slot, kind: 'create', wanted: anything() };
  const kind = random.weighted(WEIGHTS);
  switch (kind) {
    case 'change': {
      const to = changed(wanted, random, environments);
      return { slot, kind, to, stops: to.running === false };
    }
    case 'delete':
      return { slot, kind, cascade: random.weighted(CASCADES) };
    case 'replace':
      return { slot, kind, cascade: random.weighted(CASCADES), wanted: anything() };
    case 'delete-child':
      return { slot, kind, child: random.pick(CHILDREN) };
    case 'edit-child':
      return { slot, kind, edit: random.pick(EDITS) };
    case 'delete-pod':
      return { slot, kind };
  }
}

function changed(wanted: Wanted, random: SeededRandom, environments: readonly string[]): Partial<Wanted> {
  switch (random.weighted(CHANGES)) {
    case 'running':
      return { running: !wanted.running };
    case 'environment':
      return { environment: random.pick(environments) };
    case 'memory':
      return { memory: random.pick(MEMORY) };
    case 'homeGib':
      return { homeGib: wanted.homeGib + 1 };
  }
}

function follow(state: State, operation: Operation): void {
  if (operation.kind === 'create' || operation.kind === 'replace') state.wanted = operation.wanted;
  if (operation.kind === 'change' && state.wanted !== undefined) state.wanted = { ...state.wanted, ...operation.to };
  if (operation.kind === 'delete') state.wanted = undefined;
  if ((operation.kind === 'delete' || operation.kind === 'replace') && operation.cascade === 'Orphan')
    state.wasOrphaned = true;
}
