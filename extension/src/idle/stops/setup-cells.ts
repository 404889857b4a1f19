/** Cells that bring back what a notebook needs first: those with the tag `setup`. Pure. */
import type { Cell } from '@jupyterlab/cells';
import type { Notebook } from '@jupyterlab/notebook';

export const SETUP_TAG = 'setup';

/** In the order of the notebook. */
export function setupCells({ widgets }: Pick<Notebook, 'widgets'>): Cell[] {
  return widgets.filter(({ model }) => {
    const tags: unknown = model.getMetadata('tags');
    return model.type === 'code' && Array.isArray(tags) && tags.includes(SETUP_TAG);
  });
}
