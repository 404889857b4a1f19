/** The fields of the dialog "New environment". */
import type { TranslationBundle } from '@jupyterlab/translation';
import { useId, type KeyboardEvent, type ReactElement } from 'react';
import { FormField } from '../../shared/form-field.js';
import type { IKernelFacts } from '../kernel/kernel-facts.js';
import { SOURCES, type CreateField, type ICreateForm, type SourceKind } from './create-form.js';
import type { Wanted } from './folder-listing.js';
import { KernelSource } from './kernel-source.js';
import { PathInput } from './path-input.js';

export interface ICreateFieldsProps {
  readonly form: ICreateForm;
  readonly problems: Partial<Record<CreateField, string>>;
  readonly facts: IKernelFacts | null;
  readonly disabled: boolean;
  readonly trans: TranslationBundle;
  readonly listPaths: (typed: string, wanted: Wanted) => Promise<string[]>;
  readonly onChange: <F extends CreateField>(field: F, value: ICreateForm[F]) => void;
  readonly onSubmit: () => void;
}

export function CreateFields(props: ICreateFieldsProps): ReactElement {
  const { form, problems, disabled, trans, onChange } = props;
  return (
    <fieldset className="jp-BerthDialog-fields" disabled={disabled}>
      <FormField label={trans.__('Name')} problem={problems.name}>
        <input
          className="jp-mod-styled"
          data-autofocus
          maxLength={48}
          spellCheck={false}
          value={form.name}
          onChange={event => onChange('name', event.currentTarget.value)}
        />
      </FormField>
      <SourceChoice {...props} />
      <SourceFields {...props} />
      <FormField
        label={trans.__('Python version')}
        hint={trans.__('Optional, such as 3.12; without one, the one that fits.')}
        problem={problems.python}
      >
        <input
          className="jp-mod-styled"
          inputMode="decimal"
          value={form.python}
          onChange={event => onChange('python', event.currentTarget.value)}
        />
      </FormField>
      <AllowBuilds {...props} />
    </fieldset>
  );
}

function SourceChoice({ form, problems, trans, onChange }: ICreateFieldsProps): ReactElement {
  const group = useId();
  const texts: Record<SourceKind, string> = {
    packages: trans.__('Packages'),
    file: trans.__('From a file'),
    kernel: trans.__('From the running kernel'),
    notebook: trans.__('From another notebook')
  };
  return (
    <fieldset
      className="jp-BerthSource"
      aria-describedby={problems.source === undefined ? undefined : `${group}-problem`}
    >
      <legend>{trans.__('Made from')}</legend>
      {SOURCES.map(source => (
        <label key={source}>
          <input
            type="radio"
            name={group}
            value={source}
            checked={form.source === source}
            onChange={() => onChange('source', source)}
          />
          {texts[source]}
        </label>
      ))}
      {problems.source !== undefined && (
        <p id={`${group}-problem`} className="jp-BerthField-problem" role="alert">
          {problems.source}
        </p>
      )}
    </fieldset>
  );
}

function SourceFields(props: ICreateFieldsProps): ReactElement {
  const { form, problems, facts, trans, listPaths, onChange } = props;
  switch (form.source) {
    case 'packages':
      return (
        <FormField
          label={trans.__('Packages')}
          hint={trans.__('One a line, as in requirements.txt: pandas, scikit-learn==1.7.2. Ctrl+Enter creates.')}
          problem={problems.packages}
        >
          <TextArea {...props} field="packages" rows={5} />
        </FormField>
      );
    case 'file':
      return <FileFields {...props} />;
    case 'kernel':
      return <KernelSource facts={facts} trans={trans} />;
    case 'notebook':
      return (
        <FormField
          label={trans.__('Notebook')}
          hint={trans.__('Path of a pinned notebook, from the root of the file browser.')}
          problem={problems.notebook}
        >
          <PathInput
            value={form.notebook}
            listPaths={typed => listPaths(typed, 'notebook')}
            onChange={value => onChange('notebook', value)}
          />
        </FormField>
      );
  }
}

function FileFields(props: ICreateFieldsProps): ReactElement {
  const { form, problems, trans, listPaths, onChange } = props;
  return (
    <>
      <FormField
        label={trans.__('File')}
        hint={trans.__('pylock.toml, uv.lock or requirements.txt, from the root of the file browser.')}
        problem={problems.file}
      >
        <PathInput
          value={form.file}
          listPaths={typed => listPaths(typed, 'lock')}
          onChange={value => onChange('file', value)}
        />
      </FormField>
      {form.file.trim() === '' && (
        <FormField label={trans.__('Or paste its text')} problem={problems.text}>
          <TextArea {...props} field="text" rows={5} />
        </FormField>
      )}
    </>
  );
}

interface ITextAreaProps extends ICreateFieldsProps {
  readonly field: 'packages' | 'text';
  readonly rows: number;
  readonly id?: string;
  readonly 'aria-describedby'?: string;
  readonly 'aria-invalid'?: boolean;
}

/** Enter begins a line here; with Ctrl or Cmd it sends. */
function TextArea({ form, field, rows, onChange, onSubmit, ...rest }: ITextAreaProps): ReactElement {
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    onSubmit();
  };
  return (
    <textarea
      id={rest.id}
      aria-describedby={rest['aria-describedby']}
      aria-invalid={rest['aria-invalid']}
      className="jp-mod-styled"
      rows={rows}
      spellCheck={false}
      value={form[field]}
      onKeyDown={onKeyDown}
      onChange={event => onChange(field, event.currentTarget.value)}
    />
  );
}

function AllowBuilds({ form, problems, trans, onChange }: ICreateFieldsProps): ReactElement {
  return (
    <div className="jp-BerthCheck">
      <label>
        <input
          type="checkbox"
          checked={form.allowBuilds}
          onChange={event => onChange('allowBuilds', event.currentTarget.checked)}
        />
        {trans.__('Allow building packages without a wheel (runs their code)')}
      </label>
      {problems.allowBuilds !== undefined && (
        <p className="jp-BerthField-problem" role="alert">
          {problems.allowBuilds}
        </p>
      )}
    </div>
  );
}
