/** The badge as an item of a notebook's toolbar; what it shows is loaded after the notebook. */
import { ReactWidget } from '@jupyterlab/ui-components';
import { lazy, Suspense, type ReactElement } from 'react';
import type { IBadgeProps } from './badge.js';

const Badge = lazy(async () => ({ default: (await import('./badge.js')).Badge }));

export class BadgeItem extends ReactWidget {
  constructor(private readonly _props: IBadgeProps) {
    super();
    this.addClass('jp-BerthBadgeItem');
  }

  protected override render(): ReactElement {
    return (
      <Suspense fallback={null}>
        <Badge {...this._props} />
      </Suspense>
    );
  }
}
