/** The phase of a run as sign and word, so that colour is never the only difference. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactElement } from 'react';
import { phaseLabel, type Phase } from './run-phase.js';

/** Strokes in a box of 16 by 16. */
const SIGNS: Readonly<Record<Phase, string>> = {
  Queued: 'M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2zM8 4.5V8l2.5 1.5',
  Starting: 'M3 8h.01M8 8h.01M13 8h.01',
  Running: 'M5 3l8 5-8 5z',
  Stopping: 'M4 4h8v8H4z',
  Succeeded: 'M3 8.500l3.5 3.500L13 4.5',
  Failed: 'M4 4l8 8M12 4l-8 8',
  Cancelled: 'M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2zM4 12l8-8',
  Lost: 'M5.5 6a2.5 2.5 0 1 1 3.5 2.300c-.7.4-1 .8-1 1.700M8 13h.01'
};

export interface IPhaseBadgeProps {
  readonly phase: Phase;
  readonly trans: TranslationBundle;
}

export function PhaseBadge({ phase, trans }: IPhaseBadgeProps): ReactElement {
  return (
    <span className="jp-BerthPhase" data-phase={phase}>
      <svg className="jp-BerthPhase-sign" viewBox="0 0 16 16" aria-hidden="true">
        <path d={SIGNS[phase]} />
      </svg>
      {phaseLabel(phase, trans)}
    </span>
  );
}
