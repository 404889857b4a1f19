/** Plans of the operator, as what people do before and what they do then: between the two nobody leads. */
import { waitUntil } from '../../../../scripts/wait-until.ts';
import type { ApiServer } from '../api-server.ts';
import type { Ledger } from '../chaos/ledger.ts';
import type { Outcome, Slot, Wanted } from '../chaos/operations.ts';
import { childPath } from '../chaos/paths.ts';
import type { Person } from '../chaos/person.ts';

const LONGEST_CUT_MS = 60_000;

export interface Actors {
  readonly person: Person;
  /** As the administrator, for what no person does. */
  readonly admin: ApiServer;
  readonly ledger: Ledger;
}

export interface KilledPlan {
  readonly name: string;
  /** What people wanted before, one after the other; nothing: there was no workspace. */
  readonly before: readonly Wanted[];
  /** Its pod finds no node: it is there, and has never been ready. */
  readonly cannotStart?: boolean;
  /** What is there when it is carried out. */
  readonly after: Omit<Outcome, 'slot'>;
  /** Pods that are made for it in all, before and then. */
  readonly pods: number;
  readonly begin: (slot: Slot, actors: Actors) => Promise<void>;
}

/** `environments` are two. */
export function killedPlans([first = '', second = '']: readonly string[]): KilledPlan[] {
  const runs: Wanted = { running: true, environment: first, memory: '64Mi', homeGib: 1 };
  const stopped: Wanted = { ...runs, running: false };
  const whole = (wanted: Wanted): KilledPlan['after'] => ({ wanted, wasOrphaned: false });
  const changing =
    (to: Partial<Wanted>): KilledPlan['begin'] =>
    (slot, { person }) =>
      person.does({ slot, kind: 'change', to, stops: to.running === false });
  return [
    {
      name: 'a first start',
      before: [],
      after: whole(runs),
      pods: 1,
      begin: (slot, { person }) => person.does({ slot, kind: 'create', wanted: runs })
    },
    { name: 'a stop', before: [runs], after: whole(stopped), pods: 1, begin: changing({ running: false }) },
    { name: 'a resume', before: [runs, stopped], after: whole(runs), pods: 2, begin: changing({ running: true }) },
    {
      name: 'another image for a pod that cannot start',
      before: [{ ...runs, memory: '1Pi' }],
      cannotStart: true,
      after: whole({ ...runs, environment: second }),
      pods: 2,
      begin: changing({ environment: second, memory: runs.memory })
    },
    { name: 'a pod that its node has ended', before: [runs], after: whole(runs), pods: 2, begin: evict },
    { name: 'children that were cut loose', before: [runs], after: { wasOrphaned: true }, pods: 1, begin: cutLoose },
    {
      name: 'a home that grows',
      before: [runs],
      after: whole({ ...runs, homeGib: 2 }),
      pods: 1,
      begin: changing({ homeGib: 2 })
    }
  ];
}

/** As a kubelet does that is short of memory. */
async function evict(slot: Slot, { admin, ledger }: Actors): Promise<void> {
  const pod = await admin.json('GET', childPath('pods', slot));
  ledger.endsPod(pod.metadata.uid);
  const status = { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' };
  const how = { body: { status }, contentType: 'application/merge-patch+json' };
  await admin.json('PATCH', `${childPath('pods', slot)}/status`, how);
}

/** Returns once the garbage collector has cut them. */
async function cutLoose(slot: Slot, { person, admin }: Actors): Promise<void> {
  await person.does({ slot, kind: 'delete', cascade: 'Orphan' });
  await waitUntil('its pod is nobody’s', LONGEST_CUT_MS, async () => {
    const pod = await admin.json('GET', childPath('pods', slot));
    return (pod.metadata.ownerReferences ?? []).length === 0;
  });
}
