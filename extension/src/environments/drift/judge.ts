/**
 * How a notebook stands: what it declares (its pin) against what its kernel has against what produced its saved outputs.
 * What is not known is never taken as equal. Pure.
 */
import type { IKernelFacts } from '../kernel/kernel-facts.js';
import type { Packages } from '../kernel/shapes.js';
import type { IPin } from '../pin/pin-metadata.js';
import { compare, type IColumns, type IComparison } from './compare.js';
import { digestOf } from './digest.js';
import type { IRecord } from './provenance.js';

/** `none`: there is no kernel; `unknown`: there is one that cannot be read; `pending`: its answer is awaited. */
export type KernelEvidence = IKernelFacts | 'none' | 'unknown' | 'pending';

/** What the pin's lock says for this machine; `failed`: nobody could tell; null: the answer is awaited. */
export type DeclaredEvidence = IDeclared | 'failed' | null;

export interface IDeclared {
  readonly packages: Packages;
  /** Why the lock cannot be used here; null: it can. */
  readonly problem: string | null;
}

/** An environment here that was made from the pin. */
export interface ICandidate {
  readonly name: string;
  readonly state: 'absent' | 'creating' | 'ready' | 'failed';
}

export interface IEvidence {
  readonly pin: IPin | null;
  readonly declared: DeclaredEvidence;
  readonly here: readonly ICandidate[];
  /** One was asked for here; it is not known yet as one of the pin's. */
  readonly isRestoring: boolean;
  readonly kernel: KernelEvidence;
  /** What produced the outputs, each once. */
  readonly records: readonly IRecord[];
  /** Cells with outputs of which nobody knows where they come from. */
  readonly unknownOutputs: number;
}

export type Standing =
  'checking' | 'not-pinned' | 'pinned' | 'unchecked' | 'unusable' | 'restore' | 'restoring' | 'drift' | 'outputs';

export interface IJudgement extends IComparison {
  readonly standing: Standing;
  /** The ready environment here for the pin, else the name that the pin tells. */
  readonly name: string | null;
  /** There is a ready environment here for the pin. */
  readonly isHere: boolean;
  /** Why the pin cannot be used here. */
  readonly problem: string | null;
  readonly unknownOutputs: number;
}

export function judge(evidence: IEvidence): IJudgement {
  const { pin, declared, here, unknownOutputs } = evidence;
  const comparison = compare(columnsOf(evidence));
  const ready = here.filter(({ state }) => state === 'ready').map(({ name }) => name);
  const own = pin?.environment ?? null;
  const name = (own !== null && ready.includes(own) ? own : ready[0]) ?? own;
  const problem = isDeclared(declared) ? declared.problem : null;
  const standing = pin === null ? standingUnpinned(evidence) : standingPinned(evidence, comparison, ready.length > 0);
  return { ...comparison, standing, name, isHere: ready.length > 0, problem, unknownOutputs };
}

function standingUnpinned({ kernel, records }: IEvidence): Standing {
  return isFacts(kernel) && hasOtherOutputs(kernel, records) ? 'outputs' : 'not-pinned';
}

function standingPinned(evidence: IEvidence, { drift }: IComparison, isHere: boolean): Standing {
  const { declared, kernel } = evidence;
  if (!isDeclared(declared)) return declared === null ? 'checking' : 'unchecked';
  if (declared.problem !== null) return 'unusable';
  if (kernel === 'pending') return 'checking';
  if (isAsPinned(kernel, drift.length, isHere)) return isOutputsElse(evidence) ? 'outputs' : 'pinned';
  if (isHere) return isFacts(kernel) ? 'drift' : 'unchecked';
  return isBeingMade(evidence) ? 'restoring' : 'restore';
}

function isBeingMade({ here, isRestoring }: IEvidence): boolean {
  return isRestoring || here.some(({ state }) => state === 'creating');
}

/** Without a kernel, the one that will be started. */
function isAsPinned(kernel: KernelEvidence, drifted: number, isHere: boolean): boolean {
  return isFacts(kernel) ? drifted === 0 : kernel === 'none' && isHere;
}

/** Outputs of something else than the kernel; without one, than the pin. */
function isOutputsElse({ pin, declared, kernel, records }: IEvidence): boolean {
  if (isFacts(kernel)) return hasOtherOutputs(kernel, records);
  if (!isDeclared(declared)) return false;
  const python = pin?.python ?? null;
  return records.some(
    record =>
      compare({ pin: { python, platform: null, packages: declared.packages }, kernel: record, outputs: [] }).drift
        .length > 0
  );
}

function hasOtherOutputs(kernel: IKernelFacts, records: readonly IRecord[]): boolean {
  const digest = digestOf(kernel);
  return records.some(record => digestOf(record) !== digest);
}

function columnsOf({ pin, declared, kernel, records }: IEvidence): IColumns {
  const isUsable = pin !== null && isDeclared(declared) && declared.problem === null;
  return {
    pin: isUsable ? { python: pin.python, platform: null, packages: declared.packages } : null,
    kernel: isFacts(kernel) ? kernel : null,
    outputs: records
  };
}

function isDeclared(declared: DeclaredEvidence): declared is IDeclared {
  return declared !== null && declared !== 'failed';
}

/** Does the kernel run in the very environment that it differs from? Then files were changed, and only repair helps. */
export function isInDrift({ standing, name }: IJudgement, kernelEnvironment: string | null): boolean {
  return standing === 'drift' && name !== null && name === kernelEnvironment;
}

export function isFacts(kernel: KernelEvidence): kernel is IKernelFacts {
  return typeof kernel === 'object';
}
