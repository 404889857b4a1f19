/** The pins of all open notebooks, for other plugins and the badge; what stands behind is loaded once Lab stands. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import { Signal, type ISignal } from '@lumino/signaling';
import type { IPins, IPinState } from '../../shared/tokens.js';
import type { IKernelFacts } from '../kernel/kernel-facts.js';
import type { NotebookEnvironment } from '../notebook/notebook-environment.js';
import type { Notebooks } from '../notebook/notebooks.js';

const UNKNOWN: IPinState = { environment: null, pinned: false, drift: [] };

export interface IPinsOptions {
  readonly load: () => Promise<Notebooks>;
  readonly stateOf: (notebook: NotebookEnvironment) => IPinState;
  readonly pin: (panel: NotebookPanel) => Promise<void>;
}

export class Pins implements IPins {
  constructor(private readonly _options: IPinsOptions) {}

  /** The same promise each time. */
  load(): Promise<Notebooks> {
    this._loading ??= this._load();
    return this._loading;
  }

  /** Null while it is not loaded. */
  find(panel: NotebookPanel): NotebookEnvironment | null {
    return this._notebooks?.of(panel) ?? null;
  }

  stateOf(panel: NotebookPanel): IPinState {
    const notebook = this.find(panel);
    return notebook === null ? UNKNOWN : this._options.stateOf(notebook);
  }

  factsOf(panel: NotebookPanel): IKernelFacts | null {
    return this.find(panel)?.facts ?? null;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  pin(panel: NotebookPanel): Promise<void> {
    return this._options.pin(panel);
  }

  private async _load(): Promise<Notebooks> {
    const notebooks = await this._options.load();
    this._notebooks = notebooks;
    notebooks.changed.connect(this._emit, this);
    this._changed.emit();
    return notebooks;
  }

  private readonly _emit = (): void => {
    this._changed.emit();
  };

  private readonly _changed = new Signal<this, void>(this);
  private _loading: Promise<Notebooks> | null = null;
  private _notebooks: Notebooks | null = null;
}
