/**
 * When a cell installs packages into an environment that does not change, offers a new environment with them. Once for each
 * cell and text: who has said no is not asked again.
 */
import { Notification } from '@jupyterlab/apputils';
import { NotebookActions } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { NotebookEnvironment } from '../notebook/notebook-environment.js';
import type { Notebooks } from '../notebook/notebooks.js';
import { installationIn, nameOf } from './installed-packages.js';

export interface IInstallOffersOptions {
  readonly notebooks: Pick<Notebooks, 'containing'>;
  readonly trans: TranslationBundle;
  readonly onAccept: (notebook: NotebookEnvironment, packages: readonly string[]) => Promise<void>;
}

const SHOWN_MS = 30_000;
/** Of those that were offered; the oldest may be offered again. */
const KEPT = 500;
const NAMED = 3;

type Scheduled = Parameters<Parameters<typeof NotebookActions.executionScheduled.connect>[0]>[1];

export class InstallOffers {
  constructor(private readonly _options: IInstallOffersOptions) {
    NotebookActions.executionScheduled.connect(this._onScheduled, this);
  }

  private readonly _onScheduled = (_: unknown, { notebook: content, cell }: Scheduled): void => {
    const { notebooks, trans } = this._options;
    if (cell.model.type !== 'code') return;
    const notebook = notebooks.containing(content);
    if (notebook === null || (notebook.pin === null && notebook.kernelEnvironment === null)) return;
    const source = cell.model.sharedModel.getSource();
    const installation = installationIn(source);
    if (installation === null || !this._isNew(`${cell.model.id} ${source}`)) return;
    const { packages } = installation;
    const callback = (): void => void this._options.onAccept(notebook, packages);
    const label =
      packages.length === 0 ? trans.__('New environment…') : trans.__('New environment with %1…', namesOf(packages));
    Notification.info(textOf(notebook, trans), { autoClose: SHOWN_MS, actions: [{ label, callback }] });
  };

  private _isNew(key: string): boolean {
    if (this._offered.has(key)) return false;
    this._offered.add(key);
    const [oldest] = this._offered;
    if (this._offered.size > KEPT && oldest !== undefined) this._offered.delete(oldest);
    return true;
  }

  private readonly _offered = new Set<string>();
}

function textOf({ kernelEnvironment, judgement }: NotebookEnvironment, trans: TranslationBundle): string {
  const name = kernelEnvironment ?? judgement.name ?? '';
  return trans.__('What is installed into %1 now is not in its lock: no other machine will have it.', name);
}

function namesOf(packages: readonly string[]): string {
  const names = packages.slice(0, NAMED).map(nameOf).join(', ');
  return packages.length > NAMED ? `${names}, ` : names; // the label ends with an ellipsis
}
