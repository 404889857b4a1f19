/** What the plugins of the suite give each other, and to anyone who wants to build on them. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';
import type { IKernelFacts } from '../environments/kernel/kernel-facts.js';
import type { IIdleDesk } from '../idle/idle-desk.js';
import type { IIdleModel } from '../idle/idle-model.js';
import type { IIdleSettings } from '../idle/idle-settings.js';
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
  /**
   * Adds a section; its title's label is the heading.
   *
   * @param rank - Sections stand in this order, whichever plugin comes first; default: 100.
   */
  addSection(section: Widget, rank?: number): void;
  /** Opens the panel, and in it a section that is folded up. */
  reveal(section?: Widget): void;
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

/** How a notebook stands with its pin, as far as it is known now. */
export interface IPinState {
  /** The environment here that is ready and was made from the pin, or that the running kernel is in; null: none. */
  readonly environment: string | null;
  /** The notebook carries a lock. */
  readonly pinned: boolean;
  /** What the kernel has otherwise than the pin, one readable line each; empty also while it is not known. */
  readonly drift: readonly string[];
}

export interface IPins {
  stateOf(panel: NotebookPanel): IPinState;
  /** The state of some notebook is another. */
  readonly changed: ISignal<IPins, void>;
  /** What the kernel has, as far as it could be read; null: not known. */
  factsOf(panel: NotebookPanel): IKernelFacts | null;
  /** Pins the notebook to what its kernel runs in; asks the person where that is not clear. */
  pin(panel: NotebookPanel): Promise<void>;
}

export const IPins = new Token<IPins>(
  '@berth/extension:IPins',
  'Berth’s pins: which environment each open notebook is pinned to, and what its kernel has otherwise.'
);

export interface IIdle {
  readonly model: IIdleModel;
  readonly settings: IIdleSettings;
  readonly desk: IIdleDesk;
}

export const IIdle = new Token<IIdle>(
  '@berth/extension:IIdle',
  'Berth’s idle timers: a live model of what is in use and what is to be stopped, and what a person can do about it.'
);
