/** A labelled control with its hint and its problem, tied together for screen readers. */
import { cloneElement, useId, type ReactElement } from 'react';

interface IControlProps {
  readonly id?: string;
  readonly 'aria-describedby'?: string;
  readonly 'aria-invalid'?: boolean;
}

export interface IFormFieldProps {
  readonly label: string;
  readonly hint?: string | null;
  readonly problem?: string | null;
  /** The control: an input or a select. */
  readonly children: ReactElement<IControlProps>;
}

export function FormField({ label, hint = null, problem = null, children }: IFormFieldProps): ReactElement {
  const id = useId();
  const described = [hint === null ? '' : `${id}-hint`, problem === null ? '' : `${id}-problem`].join(' ').trim();
  return (
    <div className={problem === null ? 'jp-BerthField' : 'jp-BerthField jp-mod-error'}>
      <label htmlFor={id}>{label}</label>
      {cloneElement(children, { id, 'aria-describedby': described || undefined, 'aria-invalid': problem !== null })}
      {hint !== null && (
        <p id={`${id}-hint`} className="jp-BerthField-hint">
          {hint}
        </p>
      )}
      {problem !== null && (
        <p id={`${id}-problem`} className="jp-BerthField-problem" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
