/** The Berth panel in the left sidebar: a banner when the connection is lost, and the sections that plugins add. */
import { nullTranslator, type ITranslator } from '@jupyterlab/translation';
import { ReactWidget, SidePanel } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import type { AccordionPanel } from '@lumino/widgets';
import { createElement } from 'react';
import { ConnectionBanner } from './connection-banner.js';
import type { IGatewayModel } from './gateway-model.js';
import { berthIcon } from './icons.js';

export const PANEL_ID = 'berth-panel';

export class BerthPanel extends SidePanel {
  constructor(model: IGatewayModel, translator: ITranslator = nullTranslator) {
    super({ translator });
    const trans = translator.load('jupyterlab_berth');
    this.id = PANEL_ID;
    this.addClass('jp-BerthPanel');
    this.title.icon = berthIcon;
    this.title.caption = trans.__('Berth: compute and training runs');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Berth'));
    this.header.addWidget(ReactWidget.create(createElement(ConnectionBanner, { model, trans })));
  }

  /** Compute is a few lines, runs are many: until a person moves the divide, the last section gets most of the room. */
  protected override onBeforeShow(msg: Message): void {
    super.onBeforeShow(msg);
    if (this._isDivided) return;
    this._isDivided = true;
    const panel = this.content as AccordionPanel;
    panel.setRelativeSizes(panel.widgets.map((_, index) => (index === panel.widgets.length - 1 ? 2 : 1)));
  }

  private _isDivided = false;
}
