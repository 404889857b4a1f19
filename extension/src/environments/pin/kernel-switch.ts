/** Gives a notebook a kernel in another environment; asks first when the present one is busy. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { CommandIDs } from '../../shared/command-ids.js';
import type { IGatewayModel } from '../../shared/gateway-model.js';

export interface IKernelSwitchOptions {
  readonly commands: JupyterFrontEnd['commands'];
  readonly model: IGatewayModel;
  readonly trans: TranslationBundle;
}

/**
 * A kernel that holds a GPU goes by way of the compute picker, which takes the GPU along; all others start at once.
 *
 * @returns whether the kernel was started here.
 */
export async function switchKernel(
  panel: NotebookPanel,
  environment: string,
  { commands, model, trans }: IKernelSwitchOptions
): Promise<boolean> {
  const { sessionContext } = panel;
  const kernel = sessionContext.session?.kernel;
  if (kernel && holdsDevice(kernel.id, model) && commands.hasCommand(CommandIDs.chooseCompute)) {
    await commands.execute(CommandIDs.chooseCompute, { environment });
    return false;
  }
  if (kernel?.status === 'busy' && !(await mayInterrupt(environment, trans))) return false;
  const name = `berth-${environment}`;
  const { specsManager } = sessionContext;
  if (specsManager.specs?.kernelspecs[name] === undefined) await specsManager.refreshSpecs();
  await sessionContext.changeKernel({ name });
  return true;
}

function holdsDevice(kernelId: string, { state }: IGatewayModel): boolean {
  return state.kernels.some(it => it.kernelId === kernelId && it.offer !== 'cpu');
}

async function mayInterrupt(environment: string, trans: TranslationBundle): Promise<boolean> {
  const { button } = await showDialog({
    title: trans.__('Switch the kernel to %1?', environment),
    body: trans.__('The kernel is busy. What runs is stopped, and its variables are lost.'),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Keep It Running') }),
      Dialog.warnButton({ label: trans.__('Switch') })
    ],
    defaultButton: 0
  });
  return button.accept;
}
