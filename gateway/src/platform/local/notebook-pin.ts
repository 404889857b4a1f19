/**
 * Reads from a notebook which environment it is pinned to. Anybody may have written that: it is compared and shown, as
 * text of bounded length, and nothing else.
 */
import { z } from 'zod';

const LONGEST_NAME = 48;

export interface NotebookPin {
  readonly environment: string;
  /** As the notebook says; nobody has recomputed it. */
  readonly lockHash: string;
}

/** A pin counts with its lock only: without it nobody could restore what it names. */
const Pinned = z.object({
  metadata: z.object({
    'uv.lock': z.string().min(1),
    berth: z.object({
      pin: z.object({ environment: z.string(), lockHash: z.string().regex(/^[0-9a-f]{64}$/) })
    })
  })
});

/** The pin; undefined when there is none, or none of this shape. */
export function notebookPin(text: string): NotebookPin | undefined {
  const pin = Pinned.safeParse(parsed(text)).data?.metadata.berth.pin;
  return pin && { environment: shown(pin.environment), lockHash: pin.lockHash };
}

/** What a person should know who runs a notebook in this environment; undefined: it is the one that it is pinned to. */
export function pinWarning(
  pin: NotebookPin,
  environment: { readonly name: string; readonly lockHash: string }
): string | undefined {
  if (environment.lockHash === '' || pin.lockHash === environment.lockHash) return undefined;
  const lock = (hash: string): string => `lock ${hash.slice(0, 4)}…`;
  const isSame = pin.environment === environment.name;
  const used = isSame ? `another ${environment.name} (${lock(environment.lockHash)})` : environment.name;
  return `The notebook is pinned to ${pin.environment} (${lock(pin.lockHash)}), the run uses ${used}.`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the check of the notebook says so, with the place
  }
}

/** Line breaks and control characters would let it pretend to be another message. */
function shown(name: string): string {
  const plain = name.replace(/[^\p{L}\p{N} ._-]+/gu, '�').trim();
  if (plain === '') return 'an environment without a name';
  return plain.length > LONGEST_NAME ? `${plain.slice(0, LONGEST_NAME)}…` : plain;
}
