/** What is done from outside the dialog, with the questions before. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { confirm } from '../../shared/confirm.js';
import { releaseRequest } from './compute-choice.js';
import type { NotebookCompute } from './notebook-compute.js';

/** Takes what is ready; asks first where a cell is running. */
export async function switchAsking(compute: NotebookCompute, trans: TranslationBundle): Promise<void> {
  const { name, facts } = compute.view;
  const question = {
    title: trans.__('Restart the kernel of %1?', name),
    body: trans.__('A cell of %1 is running. It is stopped, and all variables of its kernel are lost.', name),
    yes: trans.__('Restart Anyway'),
    no: trans.__('Keep It')
  };
  if (facts.kernel?.isBusy !== true || (await confirm(question))) await compute.switchNow();
}

/** Gives back what its kernel has, and restarts it on the processors; always asks first. */
export async function releaseAsking(compute: NotebookCompute, trans: TranslationBundle): Promise<void> {
  const { name, notebook, facts, offers } = compute.view;
  const question = {
    title: trans.__('Release the compute of %1?', name),
    body: trans.__('The kernel of %1 is restarted on the processors. All its variables are lost.', name),
    yes: trans.__('Release and Restart'),
    no: trans.__('Keep It')
  };
  if (await confirm(question)) await compute.apply(releaseRequest(facts, notebook, offers));
}
