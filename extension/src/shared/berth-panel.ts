/** The Berth panel in the left sidebar: a banner when the connection is lost, and the sections that plugins add. */
import { nullTranslator, type ITranslator } from '@jupyterlab/translation';
import { ReactWidget, SidePanel } from '@jupyterlab/ui-components';
import { SplitPanel, type AccordionPanel, type Widget } from '@lumino/widgets';
import { createElement } from 'react';
import { ConnectionBanner } from './connection-banner.js';
import type { IGatewayModel } from './gateway-model.js';
import { berthIcon } from './icons.js';
import { SectionFit } from './section-fit.js';

export const PANEL_ID = 'berth-panel';
const DEFAULT_RANK = 100;

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
    this._fit = new SectionFit(this.content as AccordionPanel);
  }

  /** Puts a section where its rank is, after those of the same rank. */
  addSection(section: Widget, rank = DEFAULT_RANK): void {
    const index = this._ranks.filter(other => other <= rank).length;
    this._ranks.splice(index, 0, rank);
    this.insertWidget(index, section);
    this._fit.watch(section);
  }

  /** Opens a section that the person has folded up. */
  unfold(section: Widget): void {
    const content = this.content as AccordionPanel;
    content.expand(content.widgets.indexOf(section));
  }

  /**
   * Until contents are there to be measured the last section, the runs, gets most of the room. Shares of what is left over,
   * unlike sizes, leave alone what a person has made of it and Lab restores.
   */
  override insertWidget(index: number, widget: Widget): void {
    super.insertWidget(index, widget);
    const { widgets } = this.content as AccordionPanel;
    widgets.forEach((it, at) => SplitPanel.setStretch(it, at === widgets.length - 1 ? 2 : 1));
  }

  private readonly _fit: SectionFit;
  private readonly _ranks: number[] = [];
}
