/** The Berth panel in the left sidebar: a banner when the connection is lost, and the sections that plugins add. */
import { nullTranslator, type ITranslator } from '@jupyterlab/translation';
import { ReactWidget, SidePanel } from '@jupyterlab/ui-components';
import { SplitPanel, type AccordionPanel, type Widget } from '@lumino/widgets';
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

  /**
   * Compute is a few lines, runs are many: the last section gets most of the room. Shares of what is left over, unlike
   * sizes, leave alone what a person has made of it and Lab restores.
   */
  override addWidget(widget: Widget): void {
    super.addWidget(widget);
    const { widgets } = this.content as AccordionPanel;
    widgets.forEach((it, index) => SplitPanel.setStretch(it, index === widgets.length - 1 ? 2 : 1));
  }
}
