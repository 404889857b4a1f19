/** The words of the badge. Pure. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IJudgement, Standing } from '../drift/judge.js';

export interface IBadgeText {
  readonly label: string;
  /** What it means. */
  readonly meaning: string;
}

/** @param judgement - Null: it is not known yet. */
export function badgeText(judgement: IJudgement | null, trans: TranslationBundle): IBadgeText {
  const { name, problem, drift } = judgement ?? { name: null, problem: null, drift: [] };
  const texts: Record<Standing, IBadgeText> = {
    checking: {
      label: trans.__('Checking…'),
      meaning: trans.__('Berth looks at what this notebook is pinned to and what its kernel has.')
    },
    'not-pinned': {
      label: trans.__('Not pinned'),
      meaning: trans.__('This notebook does not say which packages it needs.')
    },
    pinned: {
      label: trans.__('Pinned · %1', name ?? trans.__('lock')),
      meaning: trans.__('The kernel has what this notebook is pinned to, or will have it once it starts.')
    },
    unchecked: {
      label: trans.__('Pinned · not checked'),
      meaning: trans.__('This notebook is pinned; whether its kernel has the same could not be found out.')
    },
    unusable: {
      label: trans.__('Pinned · unusable'),
      meaning: trans.__('The lock in this notebook cannot be used here: %1', problem ?? '')
    },
    restore: {
      label: trans.__('Pinned · restore'),
      meaning: trans.__('What this notebook is pinned to is not here yet.')
    },
    restoring: {
      label: trans.__('Restoring…'),
      meaning: trans.__('What this notebook is pinned to is being made; the Berth panel shows how far it is.')
    },
    drift: {
      label: driftLabel(drift, trans),
      meaning: trans.__('The kernel has something else than what this notebook is pinned to.')
    },
    outputs: {
      label: trans.__('Outputs from another environment'),
      meaning: trans.__('Some outputs were produced with other packages than the kernel has.')
    }
  };
  return texts[judgement?.standing ?? 'checking'];
}

function driftLabel(drift: IJudgement['drift'], trans: TranslationBundle): string {
  const packages = drift.filter(({ subject }) => subject === 'package').length;
  if (packages === 0) return trans.__('Drift · Python');
  return trans._n('Drift · %1 package', 'Drift · %1 packages', packages);
}
