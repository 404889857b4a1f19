/** Gives a notebook a kernel in another environment; asks first when the present one is busy. */
import type { KernelRequest } from '@berth/gateway/contract';
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { CommandIDs } from '../../shared/command-ids.js';
import { confirm } from '../../shared/confirm.js';
import type { IGatewayModel } from '../../shared/gateway-model.js';
import { kernelspecOf } from '../../shared/kernelspec.js';
import { startKernel } from '../../shared/start-kernel.js';

export interface IKernelSwitchOptions {
  readonly commands: JupyterFrontEnd['commands'];
  readonly model: IGatewayModel;
  readonly trans: TranslationBundle;
}

/**
 * A kernel that holds a GPU goes by way of the compute picker, which takes the GPU along; all others start at once.
 *
 * @returns whether the notebook has it now, or as soon as it is its turn; not when the person leaves it.
 */
export async function switchKernel(
  { sessionContext, context }: Pick<NotebookPanel, 'sessionContext' | 'context'>,
  environment: string,
  { commands, model, trans }: IKernelSwitchOptions
): Promise<boolean> {
  const kernel = sessionContext.session?.kernel;
  if (kernel && holdsDevice(kernel.id, model) && commands.hasCommand(CommandIDs.chooseCompute)) {
    const args = { notebook: context.path, environment }; // by now another notebook may be in front
    const applied = (await commands.execute(CommandIDs.chooseCompute, args)) as KernelRequest | null;
    return applied?.environment === environment;
  }
  const question = {
    title: trans.__('Switch the kernel to %1?', environment),
    body: trans.__('The kernel is busy. What runs is stopped, and its variables are lost.'),
    yes: trans.__('Switch'),
    no: trans.__('Keep It Running')
  };
  if (kernel?.status === 'busy' && !(await confirm(question))) return false;
  await startKernel(sessionContext, kernelspecOf(environment));
  return true;
}

function holdsDevice(kernelId: string, { state }: IGatewayModel): boolean {
  return state.kernels.some(it => it.kernelId === kernelId && it.offer !== 'cpu');
}
