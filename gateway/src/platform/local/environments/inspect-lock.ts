/** Says what a lock holds, for a person who decides whether to use it; nothing is executed or fetched. */
import type { LockView } from '../../../contract/index.js';
import type { EnvironmentDefinition } from './definitions.js';
import type { Interpreter } from './interpreter.js';
import type { Interpreters } from './interpreters.js';
import { contentsFor, type Lock, type LockTool, requestedFor } from './locks/index.js';

const UNREADABLE: LockView = {
  lockHash: '',
  requiresPython: '',
  contents: [],
  requested: [],
  environments: [],
  problem: ''
};

/** @param known the environments that there are, those that are ready first */
export async function inspectLock(
  text: string,
  tools: { readonly locks: LockTool; readonly interpreters: Interpreters },
  known: readonly EnvironmentDefinition[]
): Promise<LockView> {
  try {
    const lock = await tools.locks.read(text);
    const { interpreter, problem } = await interpreterFor(lock, tools.interpreters);
    return {
      lockHash: lock.lockHash,
      requiresPython: lock.requiresPython,
      contents: [...contentsFor(lock, interpreter.markers)],
      requested: [...requestedFor(lock, interpreter.markers)],
      environments: known.filter(each => each.lock.lockHash === lock.lockHash).map(({ name }) => name),
      problem
    };
  } catch (error: unknown) {
    return { ...UNREADABLE, problem: messageOf(error) };
  }
}

async function interpreterFor(
  lock: Lock,
  interpreters: Interpreters
): Promise<{ readonly interpreter: Interpreter; readonly problem: string | null }> {
  try {
    return { interpreter: await interpreters.find({ lock }), problem: null };
  } catch (error: unknown) {
    return { interpreter: interpreters.base, problem: messageOf(error) };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
