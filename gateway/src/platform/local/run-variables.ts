/** Decides which environment variables the code of a person finds. */
import { delimiter, dirname, join } from 'node:path';

/** What tells a process about our own surroundings, and would mislead or open doors in a run. */
const WITHHELD = [
  /^BERTH_/,
  /^JPY_/,
  /^JUPYTER/,
  /^PYTHON/,
  /^(VIRTUAL_ENV|CONDA_|UV_|PIP_|NODE_|npm_)/,
  /^(PET_|TORCHELASTIC_|TORCH_ELASTIC_)/,
  /^(RANK|LOCAL_RANK|WORLD_SIZE|LOCAL_WORLD_SIZE|GROUP_RANK|ROLE_|MASTER_ADDR|MASTER_PORT)/
];

/** What of the gateway's variables its runs inherit: no tokens and no paths of Jupyter, no torchrun around us. */
export function inheritedVariables(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept = Object.entries(env).filter((pair): pair is [string, string] => {
    return pair[1] !== undefined && !WITHHELD.some(pattern => pattern.test(pair[0]));
  });
  return Object.fromEntries(kept);
}

export interface RunSurroundings {
  /** The interpreter of its environment. */
  readonly python: string;
  readonly checkpoints: string;
  readonly outputs: string;
  readonly resumed: boolean;
  /** What the launcher inherits. */
  readonly inherited: Readonly<Record<string, string>>;
  /** What the person asked for; it may set anything but what the contract of a run promises. */
  readonly asked: Readonly<Record<string, string>>;
  readonly offer: string;
  readonly environment: string;
  readonly lockHash: string;
  /** What keeps it to its own devices: nobody gets more than was accounted for by asking for it. */
  readonly compute: Readonly<Record<string, string>>;
}

/** The variables of an attempt on top of what is inherited; the launcher adds those that it knows itself. */
export function runVariables(surroundings: RunSurroundings): Record<string, string> {
  const { python, checkpoints, outputs, resumed, inherited, asked, offer, environment, lockHash } = surroundings;
  const programs = dirname(python);
  return {
    PATH: [programs, inherited['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'].join(delimiter),
    VIRTUAL_ENV: join(programs, '..'),
    ...Object.fromEntries(Object.entries(asked).filter(([name]) => !name.startsWith('BERTH_'))),
    ...surroundings.compute,
    BERTH_CHECKPOINT_DIR: checkpoints,
    BERTH_OUTPUT_DIR: outputs,
    BERTH_ENVIRONMENT: environment,
    BERTH_LOCK_HASH: lockHash,
    BERTH_OFFER: offer,
    ...(resumed ? { BERTH_RESUME: '1' } : {})
  };
}
