/** Opens the Train dialog on a notebook. */
import type { Environment, RunView } from '@berth/gateway/contract';
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { PathExt } from '@jupyterlab/coreutils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { UUID } from '@lumino/coreutils';
import { GatewayError } from '../../shared/gateway-error.js';
import { openModal, type ModalWidget } from '../../shared/modal-widget.js';
import type { IGateway, IPins } from '../../shared/tokens.js';
import type { ITrainPin } from './drift-warning.js';
import { TrainDialog } from './train-dialog.js';
import { initialForm, type ITrainForm } from './train-form.js';
import type { TrainMemory } from './train-memory.js';

export interface IOpenTrainOptions {
  readonly app: JupyterFrontEnd;
  readonly gateway: IGateway;
  readonly memory: TrainMemory;
  /** Null where notebooks are not pinned. */
  readonly pins: IPins | null;
  readonly trans: TranslationBundle;
  /** Processes that the settings want for a notebook that was never trained. */
  readonly processes: () => number;
  readonly onSubmitted: (run: RunView) => void;
}

export async function openTrain(panel: NotebookPanel, options: IOpenTrainOptions): Promise<ModalWidget> {
  const { app, gateway, memory, pins, trans, processes, onSubmitted } = options;
  const notebook = app.serviceManager.contents.localPath(panel.context.path);
  const last = await memory.recall(notebook);
  const { offers, environments } = gateway.model.state;
  const environment = environmentFor(panel, pins, environments);
  const props = {
    client: gateway.client,
    model: gateway.model,
    notebook,
    name: PathExt.basename(notebook),
    submissionId: UUID.uuid4(),
    initial: initialForm(last, offers, environments, processes(), environment),
    pin: pins === null ? null : pinOf(panel, pins),
    trans,
    save: () => saveIfDirty(panel, trans.__('The notebook could not be saved.'))
  };
  const onDone = (run: RunView, form: ITrainForm): void => {
    const { processes, offer, environment, framework } = form;
    void memory.remember(notebook, { processes, offer, environment, framework });
    onSubmitted(run);
  };
  return openModal(close => (
    <TrainDialog
      {...props}
      onClose={close}
      onDone={(run, form) => {
        close();
        onDone(run, form);
      }}
    />
  ));
}

/** Its pin's, else its kernel's where that is one of Berth's: what runs in the notebook is what trains. */
function environmentFor(panel: NotebookPanel, pins: IPins | null, environments: readonly Environment[]): string | null {
  const pinned = pins?.stateOf(panel).environment ?? null;
  const spec = panel.sessionContext.session?.kernel?.name;
  return pinned ?? environments.find(({ kernelspec }) => kernelspec === spec)?.name ?? null;
}

function pinOf(panel: NotebookPanel, pins: IPins): ITrainPin {
  return { changed: pins.changed, read: () => pins.stateOf(panel), pin: () => pins.pin(panel) };
}

/** @returns whether there was something to save. */
async function saveIfDirty({ context }: NotebookPanel, failure: string): Promise<boolean> {
  if (!context.model.dirty) return false;
  await context.save(); // It shows its own error and resolves all the same.
  if (context.model.dirty) throw new GatewayError('not-saved', failure);
  return true;
}
