/** The badge in a notebook's toolbar: how it stands with its environment, in an icon and two words. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactElement } from 'react';
import { useSignalValue } from '../../shared/use-signal-value.js';
import type { Standing } from '../drift/judge.js';
import { badgeText } from './badge-text.js';
import type { Pins } from './pins.js';

export interface IBadgeProps {
  readonly pins: Pins;
  readonly panel: NotebookPanel;
  readonly trans: TranslationBundle;
  readonly onClick: () => void;
}

export function Badge({ pins, panel, trans, onClick }: IBadgeProps): ReactElement {
  const judgement = useSignalValue(pins.changed, () => pins.find(panel)?.judgement ?? null);
  const { label, meaning } = badgeText(judgement, trans);
  const standing = judgement?.standing ?? 'checking';
  return (
    <button
      type="button"
      className="jp-BerthBadge jp-BerthButton"
      data-standing={standing}
      title={trans.__('%1 Click for more.', meaning)}
      aria-label={trans.__('Environment of this notebook: %1', label)}
      aria-haspopup="dialog"
      onClick={onClick}
    >
      <BadgeSign standing={standing} />
      <span className="jp-BerthBadge-label">{label}</span>
    </button>
  );
}

/** A pin; with a tick, an arrow, a warning: told apart without colours, too. */
const SIGNS: Readonly<Record<Standing, string>> = {
  checking: 'M8 4.5v4l2.5 1.5M8 1.5a6.5 6.5 0 1 1-.01 0z',
  'not-pinned': 'M3 3l10 10M6 2.5h4l-.5 4 2.5 2.5H4l2.5-2.5zM8 9v4.5',
  pinned: 'M6 2.5h4l-.5 4 2.5 2.5H4l2.5-2.5zM8 9v4.5',
  unchecked: 'M6 6a2 2 0 1 1 2.6 1.9c-.4.2-.6.5-.6 1.1M8 11.5v.5M8 1.5a6.5 6.5 0 1 1-.01 0z',
  unusable: 'M5.5 5.5l5 5M10.5 5.5l-5 5M8 1.5a6.5 6.5 0 1 1-.01 0z',
  restore: 'M8 2.5v7.5M4.5 7 8 10.5 11.5 7M3 13.5h10',
  restoring: 'M8 2.5v7.5M4.5 7 8 10.5 11.5 7M3 13.5h10',
  drift: 'M8 2 14.5 13.5H1.5zM8 6.5v3.5M8 11.5v.5',
  outputs: 'M2.5 3h11v7h-6L4.5 13v-3h-2zM8 5v2.5M8 8.5v.5'
};

function BadgeSign({ standing }: { readonly standing: Standing }): ReactElement {
  return (
    <svg className="jp-BerthBadge-sign" viewBox="0 0 16 16" aria-hidden="true">
      <path d={SIGNS[standing]} />
    </svg>
  );
}
