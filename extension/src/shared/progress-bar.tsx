/** A progress bar with its figure in words; without a known share it says that it goes on. */
import type { ReactElement } from 'react';

export interface IProgressBarProps {
  /** In [0, 1]; null where it is not known. */
  readonly share: number | null;
  /** What makes progress, for screen readers. */
  readonly label: string;
}

export function ProgressBar({ share, label }: IProgressBarProps): ReactElement {
  const percent = share === null ? null : Math.floor(Math.min(1, Math.max(0, share)) * 100);
  return (
    <div
      className={percent === null ? 'jp-BerthProgress jp-mod-indeterminate' : 'jp-BerthProgress'}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent ?? undefined}
    >
      <div className="jp-BerthProgress-track">
        <div className="jp-BerthProgress-bar" style={{ width: percent === null ? undefined : `${percent}%` }} />
      </div>
      {percent !== null && <span className="jp-BerthProgress-figure">{percent} %</span>}
    </div>
  );
}
