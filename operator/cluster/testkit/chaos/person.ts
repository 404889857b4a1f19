/** Somebody who does to workspaces what was planned, and asks again until the API server has answered. */
import { waitUntil } from '../../../../scripts/wait-until.ts';
import type { ApiServer, Json } from '../api-server.ts';
import { isRefusal } from '../api-server.ts';
import type { Ledger } from './ledger.ts';
import { type Cascade, type Edit, keyOf, type Operation, type Slot, type Wanted } from './operations.ts';
import { childPath, collection, workspacePath } from './paths.ts';

/** A deletion in the foreground waits for the garbage collector, and that for an API server that may be away. */
const LONGEST_GOING_MS = 900_000;
const MERGE = 'application/merge-patch+json';
const OTHER = 'berth.dev/workspace';

const EDITED: Readonly<Record<Edit, { readonly plural: string; readonly patch: object }>> = {
  selector: { plural: 'services', patch: { spec: { selector: { [OTHER]: 'somebody-else' } } } },
  labels: { plural: 'services', patch: { metadata: { labels: { [OTHER]: null } } } },
  ingress: { plural: 'networkpolicies', patch: { spec: { ingress: [{}] } } },
  owner: { plural: 'networkpolicies', patch: { metadata: { ownerReferences: null } } },
  automount: { plural: 'serviceaccounts', patch: { automountServiceAccountToken: true } }
};

export interface PersonOptions {
  readonly server: ApiServer;
  readonly ledger: Ledger;
  readonly computeClass: string;
  readonly storageClass: string;
}

export class Person {
  private readonly options: PersonOptions;
  /** Of the workspaces that are there. */
  private readonly uids = new Map<string, string>();

  constructor(options: PersonOptions) {
    this.options = options;
  }

  async does(operation: Operation): Promise<void> {
    const { slot } = operation;
    switch (operation.kind) {
      case 'create':
        return this.create(slot, operation.wanted);
      case 'change':
        return this.change(slot, operation);
      case 'delete':
        return this.delete(slot, operation.cascade);
      case 'replace':
        await this.delete(slot, operation.cascade);
        return this.create(slot, operation.wanted);
      case 'delete-child':
        return this.ignoringAbsence('DELETE', childPath(operation.child, slot));
      case 'edit-child': {
        const { plural, patch } = EDITED[operation.edit];
        return this.ignoringAbsence('PATCH', childPath(plural, slot), { body: patch, contentType: MERGE });
      }
      case 'delete-pod':
        return this.deletePod(slot);
    }
  }

  /** An answer may be lost: then the second attempt finds what the first has made. */
  private async create(slot: Slot, wanted: Wanted): Promise<void> {
    const { server, ledger } = this.options;
    const body = {
      apiVersion: 'berth.dev/v1alpha1',
      kind: 'Workspace',
      metadata: { name: slot.name },
      spec: this.specOf(slot, wanted)
    };
    const before = this.uids.get(keyOf(slot));
    let made: Json | undefined;
    await waitUntil(`${keyOf(slot)} is made`, LONGEST_GOING_MS, async () => {
      made = await server.sooner('POST', collection('workspaces', slot.namespace), { body }).catch(async error => {
        if (!isRefusal(error, 409)) throw error;
        const is = await server.find(workspacePath(slot));
        return is?.metadata.uid === before || is?.metadata.deletionTimestamp !== undefined ? undefined : is;
      });
      return made !== undefined;
    });
    const { uid = '', resourceVersion = '' } = made?.metadata ?? {};
    this.uids.set(keyOf(slot), uid);
    ledger.startsAgain(slot, resourceVersion);
    if (!wanted.running) ledger.endsPods(slot);
  }

  private async change(slot: Slot, { to, stops }: { to: Partial<Wanted>; stops: boolean }): Promise<void> {
    const { server, ledger } = this.options;
    if (stops) ledger.endsPods(slot);
    const body = { spec: changeOf(to) };
    const { metadata } = await server.sooner('PATCH', workspacePath(slot), { body, contentType: MERGE });
    if (to.running === true) ledger.startsAgain(slot, metadata.resourceVersion);
  }

  private async delete(slot: Slot, propagationPolicy: Cascade): Promise<void> {
    const { server, ledger } = this.options;
    const uid = this.uids.get(keyOf(slot)) ?? '';
    ledger.endsPods(slot);
    ledger.isDead(uid);
    if (slot.whenDeleted === 'Delete') ledger.endsHome(slot);
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy, preconditions: { uid } };
    await server.sooner('DELETE', workspacePath(slot), { body }).catch((error: unknown) => {
      if (!isRefusal(error, 404)) throw error;
    });
  }

  private async deletePod(slot: Slot): Promise<void> {
    const { server, ledger } = this.options;
    const pod = await server.find(childPath('pods', slot));
    if (pod === undefined) return;
    const { uid } = pod.metadata;
    ledger.endsPod(uid);
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid } };
    await server.sooner('DELETE', childPath('pods', slot), { body }).catch((error: unknown) => {
      if (!isRefusal(error, 404) && !isRefusal(error, 409)) throw error;
    });
  }

  /** The operator may not have made it yet. */
  private async ignoringAbsence(
    method: 'DELETE' | 'PATCH',
    url: string,
    options: { body?: object; contentType?: string } = {}
  ): Promise<void> {
    await this.options.server.sooner(method, url, options).catch((error: unknown) => {
      if (!isRefusal(error, 404)) throw error;
    });
  }

  private specOf({ whenDeleted }: Slot, { running, environment, memory, homeGib }: Wanted): object {
    const { computeClass, storageClass } = this.options;
    return {
      running,
      environment: { name: environment },
      compute: { class: computeClass, cpu: '10m', memory },
      home: { size: `${homeGib}Gi`, storageClass, whenDeleted }
    };
  }
}

function changeOf({ running, environment, memory, homeGib }: Partial<Wanted>): object {
  return {
    ...(running !== undefined && { running }),
    ...(environment !== undefined && { environment: { name: environment } }),
    ...(memory !== undefined && { compute: { memory } }),
    ...(homeGib !== undefined && { home: { size: `${homeGib}Gi` } })
  };
}
