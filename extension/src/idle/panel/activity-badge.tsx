/** Whether something is in use, as sign and words, so that colour is never the only difference. */
import type { Judgement } from '@berth/gateway/contract';
import type { ReactElement } from 'react';

/** Strokes in a box of 16 by 16: running, a crescent for rest, a question mark. */
const SIGNS: Readonly<Record<Judgement['activity'], string>> = {
  active: 'M5 3l8 5-8 5z',
  idle: 'M11 11.5A5.5 5.5 0 0 1 7 2.5a5.5 5.5 0 1 0 6 8 5 5 0 0 1-2 1z',
  unknown: 'M5.5 6a2.5 2.5 0 1 1 3.5 2.3c-.7.4-1 .8-1 1.7M8 13h.01'
};

export interface IActivityBadgeProps {
  readonly activity: Judgement['activity'];
  readonly text: string;
}

export function ActivityBadge({ activity, text }: IActivityBadgeProps): ReactElement {
  return (
    <span className="jp-BerthPhase" data-activity={activity}>
      <svg className="jp-BerthPhase-sign" viewBox="0 0 16 16" aria-hidden="true">
        <path d={SIGNS[activity]} />
      </svg>
      {text}
    </span>
  );
}
