/** The Lease object by which replicas agree on who leads, and what a candidate makes of it. */
import type { ApiObject, Resource } from './resource.js';

export const LEASES: Resource = {
  group: 'coordination.k8s.io',
  version: 'v1',
  plural: 'leases',
  kind: 'Lease',
  namespaced: true
};

export interface LeaseSpec {
  /** Absent or '': nobody, it was given back. */
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

export interface Lease extends ApiObject {
  readonly spec?: LeaseSpec;
}

/** Who holds the lease, and since when, by our clock, there was no new sign of life. */
export interface Observation {
  readonly holder: string;
  readonly sign: string;
  readonly sinceMs: number;
}

export interface Candidacy {
  readonly identity: string;
  readonly durationMs: number;
  /** Of the last look. */
  readonly before: Observation | undefined;
}

export interface CandidatePlan {
  /** A lease that is not there is taken by making it. */
  readonly step: 'take' | 'wait';
  readonly observation: Observation | undefined;
}

/**
 * Whether a candidate may take the lease that it has just read. Times in the lease are other machines' times: they are only
 * looked at for change. A lease that somebody deleted is waited for like one that is held: its holder may not know yet.
 */
export function planCandidate(lease: Lease | undefined, nowMs: number, candidacy: Candidacy): CandidatePlan {
  const { identity, durationMs, before } = candidacy;
  const step = before !== undefined && nowMs - before.sinceMs < durationMs ? 'wait' : 'take';
  if (lease === undefined) return { step, observation: before };
  const { spec = {} } = lease;
  const { holderIdentity: holder = '' } = spec;
  if (holder === '' || holder === identity) return { step: 'take', observation: undefined };
  const sign = signOf(spec);
  if (sign !== before?.sign) return { step: 'wait', observation: { holder, sign, sinceMs: nowMs } };
  return { step, observation: before };
}

/** Changes with every renewal, whatever the holder's date is. */
function signOf({ holderIdentity, renewTime, leaseTransitions }: LeaseSpec): string {
  return JSON.stringify([holderIdentity, renewTime, leaseTransitions]);
}

/** The spec of a lease that `identity` holds from `dateMs` on. Its time of acquisition stays as long as its holder does. */
export function heldBy(identity: string, before: LeaseSpec | undefined, dateMs: number, durationMs: number): LeaseSpec {
  const renewTime = microTime(dateMs);
  const isOurs = before?.holderIdentity === identity;
  return {
    ...before,
    holderIdentity: identity,
    leaseDurationSeconds: Math.ceil(durationMs / 1000),
    acquireTime: isOurs ? (before.acquireTime ?? renewTime) : renewTime,
    renewTime,
    leaseTransitions: (before?.leaseTransitions ?? -1) + (isOurs ? 0 : 1)
  };
}

/** A lease that its holder has given back may be taken at once. */
export function givenBack(before: LeaseSpec | undefined, dateMs: number): LeaseSpec {
  return { ...before, holderIdentity: '', leaseDurationSeconds: 1, renewTime: microTime(dateMs) };
}

/** Milliseconds since 1970 as the API writes MicroTime. */
export function microTime(dateMs: number): string {
  const micros = Math.floor((dateMs % 1) * 1000);
  return new Date(dateMs).toISOString().replace('Z', `${String(micros).padStart(3, '0')}Z`);
}
