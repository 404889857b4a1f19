/** What the plugins of the suite give each other, and to anyone who wants to build on them. */
import { Token } from '@lumino/coreutils';
import type { Widget } from '@lumino/widgets';
import type { GatewayClient } from './gateway-client.js';
import type { IGatewayModel } from './gateway-model.js';

export interface IGateway {
  readonly client: GatewayClient;
  readonly model: IGatewayModel;
}

export const IGateway = new Token<IGateway>(
  '@berth/extension:IGateway',
  'Berth’s gateway: typed calls, and a live model of runs, offers and environments.'
);

export interface IBerthPanel {
  /** Adds a section; its title's label is the heading. */
  addSection(section: Widget): void;
  /** Opens the panel. */
  reveal(): void;
}

export const IBerthPanel = new Token<IBerthPanel>(
  '@berth/extension:IBerthPanel',
  'The Berth panel in the left sidebar.'
);

export interface IRuns {
  /** Opens the Berth panel on a run, as soon as the run is known. */
  reveal(runId: string): void;
  /** Is the page of this run in the person's sight? */
  isVisible(runId: string): boolean;
}

export const IRuns = new Token<IRuns>(
  '@berth/extension:IRuns',
  'Berth’s runs on screen: bring one to the person’s eye.'
);
