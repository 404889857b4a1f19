/** The fields of the Train dialog. */
import type { Environment, Offer } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useState, type ReactElement } from 'react';
import { FormField } from '../../shared/form-field.js';
import type { ITrainForm, TrainField } from './train-form.js';

export interface ITrainFieldsProps {
  readonly form: ITrainForm;
  readonly offers: readonly Offer[];
  readonly environments: readonly Environment[];
  readonly problems: Partial<Record<TrainField, string>>;
  readonly disabled: boolean;
  readonly trans: TranslationBundle;
  readonly onChange: (field: TrainField, value: string) => void;
}

export function TrainFields(props: ITrainFieldsProps): ReactElement {
  const { form, offers, environments, problems, disabled, trans, onChange } = props;
  const environment = environments.find(({ name }) => name === form.environment);
  return (
    <fieldset className="jp-BerthDialog-fields" disabled={disabled}>
      <FormField label={trans.__('Processes')} problem={problems.processes} hint={processesHint(form, offers, trans)}>
        <input
          className="jp-mod-styled"
          type="number"
          min={1}
          max={mostOf(offers, form.offer)}
          step={1}
          inputMode="numeric"
          data-autofocus
          readOnly={form.framework === 'process'}
          value={form.processes}
          onChange={event => onChange('processes', event.currentTarget.value)}
        />
      </FormField>
      <FormField label={trans.__('Compute')} problem={problems.offer}>
        <select
          className="jp-mod-styled"
          value={form.offer}
          onChange={event => onChange('offer', event.currentTarget.value)}
        >
          {offers.length === 0 && <option value={form.offer}>{form.offer}</option>}
          {offers.map(offer => (
            <option key={offer.id} value={offer.id}>
              {trans.__('%1 — %2 of %3 free', offer.title, Math.max(0, offer.slots - offer.used), offer.slots)}
            </option>
          ))}
        </select>
      </FormField>
      <FormField
        label={trans.__('Environment')}
        problem={problems.environment}
        hint={environmentHint(environment, trans)}
      >
        <select
          className="jp-mod-styled"
          value={form.environment}
          onChange={event => onChange('environment', event.currentTarget.value)}
        >
          {environment === undefined && <option value={form.environment}>{form.environment}</option>}
          {environments.map(({ name, python }) => (
            <option key={name} value={name}>
              {trans.__('%1 (Python %2)', name, python)}
            </option>
          ))}
        </select>
      </FormField>
      <Advanced {...props} />
    </fieldset>
  );
}

/** Opens at a problem, so that it can be seen; only the person closes it. */
function Advanced({ form, problems, trans, onChange }: ITrainFieldsProps): ReactElement {
  const isWrong = (problems.deadlineMin ?? problems.graceS ?? problems.framework) !== undefined;
  const [isOpen, setOpen] = useState(isWrong);
  useEffect(() => {
    if (isWrong) setOpen(true);
  }, [isWrong]);
  return (
    <details className="jp-BerthTrain-advanced" open={isOpen} onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>{trans.__('Advanced')}</summary>
      <FormField label={trans.__('Start with')} problem={problems.framework}>
        <select
          className="jp-mod-styled"
          value={form.framework}
          onChange={event => onChange('framework', event.currentTarget.value)}
        >
          <option value="torchrun">{trans.__('torchrun (distributed)')}</option>
          <option value="process">{trans.__('One plain process')}</option>
        </select>
      </FormField>
      <NumberField
        label={trans.__('Deadline (minutes)')}
        hint={trans.__('All attempts together; empty: no limit.')}
        problem={problems.deadlineMin}
        inputMode="decimal"
        value={form.deadlineMin}
        onChange={value => onChange('deadlineMin', value)}
      />
      <NumberField
        label={trans.__('Grace (seconds)')}
        hint={trans.__('Time to write a checkpoint when the run is stopped.')}
        problem={problems.graceS}
        inputMode="numeric"
        value={form.graceS}
        onChange={value => onChange('graceS', value)}
      />
    </details>
  );
}

interface INumberFieldProps {
  readonly label: string;
  readonly hint: string;
  readonly problem: string | undefined;
  /** `decimal`: it may have a fraction. */
  readonly inputMode: 'decimal' | 'numeric';
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function NumberField({ label, hint, problem, inputMode, value, onChange }: INumberFieldProps): ReactElement {
  return (
    <FormField label={label} hint={hint} problem={problem}>
      <input
        className="jp-mod-styled"
        inputMode={inputMode}
        value={value}
        onChange={event => onChange(event.currentTarget.value)}
      />
    </FormField>
  );
}

function processesHint(form: ITrainForm, offers: readonly Offer[], trans: TranslationBundle): string | null {
  if (form.framework === 'process') return trans.__('A plain process is exactly one.');
  const offer = offers.find(({ id }) => id === form.offer);
  if (offer === undefined || offer.kind === 'cpu') return null;
  return offer.mostSlots === 1
    ? trans.__('A run can have one of these.')
    : trans.__('One for each; a run can have %1 of these.', offer.mostSlots);
}

/** How many processes one run can have there. */
function mostOf(offers: readonly Offer[], id: string): number | undefined {
  return offers.find(offer => offer.id === id)?.mostSlots;
}

function environmentHint(environment: Environment | undefined, trans: TranslationBundle): string | null {
  switch (environment?.state) {
    case 'absent':
      return trans._n(
        'It will be created first, with %1 package and what that needs.',
        'It will be created first, with %1 packages and what these need.',
        environment.packages.length
      );
    case 'creating':
      return trans.__('It is being created; the run starts once it is ready.');
    case 'failed':
      return trans.__('Creating it failed; the run will try again. %1', environment.message);
    case 'ready':
    case undefined:
      return null;
  }
}
