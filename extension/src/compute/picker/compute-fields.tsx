/** The fields of the dialog "Compute and environment". */
import type { Environment, Offer, Problem } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import { useId, type ReactElement } from 'react';
import { FormField } from '../../shared/form-field.js';
import { mostOf, readyFirst, withOffer, type IComputeChoice } from './compute-choice.js';
import { percentText } from './picker-label.js';

export interface IComputeFieldsProps {
  readonly choice: IComputeChoice;
  readonly offers: readonly Offer[];
  readonly environments: readonly Environment[];
  readonly problems: readonly Problem[];
  /** The number is one. */
  readonly isComplete: boolean;
  readonly disabled: boolean;
  readonly trans: TranslationBundle;
  readonly onChange: (choice: IComputeChoice) => void;
}

export function ComputeFields(props: IComputeFieldsProps): ReactElement {
  const { choice, offers, environments, problems, disabled, trans, onChange } = props;
  const environment = environments.find(({ name }) => name === choice.environment);
  const problemOf = (field: string): string | null =>
    problems.find(problem => problem.field === field)?.message ?? null;
  return (
    <fieldset className="jp-BerthDialog-fields" disabled={disabled}>
      <FormField
        label={trans.__('Environment')}
        problem={problemOf('environment')}
        hint={environmentHint(environment, trans)}
      >
        <select
          className="jp-mod-styled"
          data-autofocus
          value={choice.environment}
          onChange={event => onChange({ ...choice, environment: event.currentTarget.value })}
        >
          {environment === undefined && <option value={choice.environment}>{choice.environment}</option>}
          {readyFirst(environments).map(it => (
            <option key={it.name} value={it.name}>
              {environmentText(it, trans)}
            </option>
          ))}
        </select>
      </FormField>
      {offers.length > 1 && <Offers {...props} problem={problemOf('offer')} />}
      {mostOf(offers, choice.offer) > 1 && <Count {...props} problem={problemOf('count')} />}
    </fieldset>
  );
}

interface IPartProps extends IComputeFieldsProps {
  readonly problem: string | null;
}

function Offers({ choice, offers, problem, trans, onChange }: IPartProps): ReactElement {
  const id = useId();
  return (
    <fieldset className="jp-BerthCompute-offers" aria-describedby={problem === null ? undefined : `${id}-problem`}>
      <legend>{trans.__('Compute')}</legend>
      {offers.map(offer => (
        <label key={offer.id} className="jp-BerthCompute-offer">
          <input
            type="radio"
            name={id}
            value={offer.id}
            checked={offer.id === choice.offer}
            onChange={() => onChange(withOffer(choice, offers, offer.id))}
          />
          <span className="jp-BerthCompute-offerTitle">{offer.title}</span>
          <span className="jp-BerthCompute-offerUse">{useText(offer, trans)}</span>
        </label>
      ))}
      {problem !== null && (
        <p id={`${id}-problem`} className="jp-BerthField-problem" role="alert">
          {problem}
        </p>
      )}
    </fieldset>
  );
}

function Count({ choice, offers, problem, isComplete, trans, onChange }: IPartProps): ReactElement {
  const isCpu = choice.offer === 'cpu';
  return (
    <FormField
      label={isCpu ? trans.__('Threads') : trans.__('How many')}
      hint={isCpu ? trans.__('How many cores numerical libraries use at the same time.') : null}
      problem={isComplete ? problem : trans.__('Please give a whole number above 0.')}
    >
      <input
        className="jp-mod-styled"
        type="number"
        min={1}
        max={mostOf(offers, choice.offer)}
        step={1}
        inputMode="numeric"
        value={choice.count}
        onChange={event => onChange({ ...choice, count: event.currentTarget.value })}
      />
    </FormField>
  );
}

/** Kernels share the processors, so that nobody waits for them. */
function useText({ kind, slots, used, waiting }: Offer, trans: TranslationBundle): string {
  if (kind === 'cpu') return trans.__('shared, no waiting');
  const free = trans.__('%1 of %2 free', Math.max(0, slots - used), slots);
  return waiting === 0 ? free : `${free} · ${trans._n('%1 waits', '%1 wait', waiting)}`;
}

/** Short: a closed list shows no more than some thirty letters of it. */
function environmentText({ name, python, state, progress }: Environment, trans: TranslationBundle): string {
  switch (state) {
    case 'ready':
      return trans.__('%1 (Python %2)', name, python);
    case 'creating':
      return trans.__('%1 — being made %2', name, percentText(progress)).trimEnd();
    case 'absent':
      return trans.__('%1 — is made first', name);
    case 'failed':
      return trans.__('%1 — failed, is tried again', name);
  }
}

function environmentHint(environment: Environment | undefined, trans: TranslationBundle): string | null {
  if (environment === undefined) return trans.__('There is no environment of this name here.');
  const { state, changed } = environment;
  if (state !== 'ready') return null; // the verdict tells
  return changed.length === 0 ? null : trans.__('Its files were changed: %1.', changed.slice(0, 3).join(', '));
}
