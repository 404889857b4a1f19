/**
 * The course of one notebook's compute on this page: asked for, waited for, taken. What waits is the gateway's, so that a
 * reload or another tab shows it as well; here is only what this page does about it.
 */
import type { KernelRequest, KernelView, Offer } from '@berth/gateway/contract';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import type { GatewayClient } from '../../shared/gateway-client.js';
import { toGatewayError, type GatewayError } from '../../shared/gateway-error.js';
import type { IGatewayModel, IKernelEnd } from '../../shared/gateway-model.js';
import { kernelspecOf } from '../../shared/kernelspec.js';
import { applyEffect } from './compute-choice.js';
import { decideSwitch } from './decide-switch.js';
import { EnvironmentMaking } from './environment-making.js';
import { notebookFacts, type IKernelFacts, type INotebookFacts } from './notebook-facts.js';
import { inOneTab } from './one-tab.js';
import type { Step } from './picker-label.js';
import { parseWish, withWish, type IWish } from './wish.js';

/** What is needed of a notebook in Lab. */
export interface INotebook {
  /** Path from the Jupyter root. */
  readonly path: string;
  /** For people: without its folder. */
  readonly name: string;
  readonly kernel: IKernelFacts | null;
  /** What its metadata has under `berth`; it can be written unless the notebook is read-only. */
  berth: unknown;
  /** Any of the above is another. */
  readonly changed: ISignal<unknown, void>;
  /** Is there nothing in its kernel that would be lost? */
  isFresh(): Promise<boolean>;
  /** Restarts its kernel, or gives it one of this kernelspec. */
  start(spec: string): Promise<void>;
}

export type ComputeClient = Pick<
  GatewayClient,
  'claimKernel' | 'releaseKernel' | 'kernels' | 'makeEnvironment' | 'cancelEnvironment'
>;

export interface INotebookComputeOptions {
  readonly notebook: INotebook;
  readonly client: ComputeClient;
  readonly model: IGatewayModel;
}

/** All that is shown of it; another object whenever anything is different. */
export interface IComputeView {
  /** Path from the Jupyter root, and the name without folder. */
  readonly notebook: string;
  readonly name: string;
  readonly facts: INotebookFacts;
  readonly step: Step;
  /** Why the last attempt failed. */
  readonly error: GatewayError | null;
  /** Compute that is ready and waits for the person's word. */
  readonly asking: KernelView | null;
  readonly offers: readonly Offer[];
}

export class NotebookCompute implements IDisposable {
  constructor(private readonly _options: INotebookComputeOptions) {
    const { notebook, model, client } = _options;
    this._making = new EnvironmentMaking(model, client);
    this._view = this._look();
    notebook.changed.connect(this._onChanged, this);
    model.changed.connect(this._onChanged, this);
    model.kernelEnded.connect(this._onKernelEnded, this);
    this._making.changed.connect(this._onChanged, this);
  }

  get view(): IComputeView {
    return this._view;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** What it waited for, or was offered, is gone without its doing; for people. */
  get lost(): ISignal<this, IKernelEnd> {
    return this._lost;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** The dialog is open, and shows what goes wrong. */
  isWatched = false;

  /**
   * Notes the wish, makes the environment where it is missing, asks for the compute, and starts the kernel on it once it is
   * there. Where all is ready the kernel is restarted at once: who presses Apply was told so. After a wait it is not,
   * unless there is nothing to lose: the person may have worked in it meanwhile.
   *
   * @returns whether it went well; else `view.error` says why, or it was given up.
   */
  async apply(request: KernelRequest): Promise<boolean> {
    const effect = applyEffect(this._view.facts, request, this._view.offers);
    return this._attempt(async () => {
      this._wish(request);
      if (effect === 'record') return this._giveBack();
      const hasWaited = await this._making.make(request.environment);
      this._setStep({ kind: 'claiming' });
      const claim = await this._options.client.claimKernel(request);
      this._mine.add(claim.id);
      if (claim.phase === 'Ready' && !hasWaited) await this._start(claim);
    });
  }

  /** Takes what is ready now. */
  async switchNow(): Promise<boolean> {
    const { claim } = this._view.facts;
    if (claim?.phase !== 'Ready') return false;
    return this._attempt(() => this._start(claim));
  }

  /** Stops making the environment, leaves the queue, or gives back what is ready. */
  async giveUp(): Promise<void> {
    if (this._making.isGoingOn) return this._making.cancel();
    await this._attempt(() => this._giveBack());
  }

  dispose(): void {
    if (this._isDisposed) return;
    this._isDisposed = true;
    this._making.dispose();
    Signal.clearData(this);
  }

  /** One at a time: a second press while the first is under way does nothing. */
  private async _attempt(act: () => Promise<void>): Promise<boolean> {
    if (this._isBusy) return false;
    this._isBusy = true;
    this._error = null;
    this._update();
    try {
      await act();
      return true;
    } catch (thrown: unknown) {
      if (!this._making.wasCancelled(thrown)) this._error = toGatewayError(thrown);
      return false;
    } finally {
      this._isBusy = false;
      this._setStep({ kind: 'idle' });
    }
  }

  private async _giveBack(): Promise<void> {
    const { claim } = this._view.facts;
    if (claim !== null) await this._options.client.releaseKernel(claim.id);
  }

  /** Of several tabs that could act on the same claim only one does. */
  private async _start(claim: KernelView): Promise<void> {
    const { notebook, model } = this._options;
    await inOneTab(`berth-kernel-${claim.id}`, async () => {
      const last = model.state.kernels.find(({ id }) => id === claim.id);
      if (last !== undefined && last.phase !== 'Ready') return;
      this._taken.add(claim.id);
      this._setStep({ kind: 'starting' });
      try {
        const isFirst = notebook.kernel === null;
        await notebook.start(kernelspecOf(claim.environment));
        if (isFirst) await this._takeOver(claim);
      } catch (thrown: unknown) {
        this._taken.delete(claim.id); // it is still ready for another try
        throw thrown;
      }
    });
  }

  /**
   * The first kernel of a notebook is started before Lab has told the server which notebook it is for. Where the gateway
   * could therefore not see whose compute to give it, it is told, and the kernel starts once more.
   */
  private async _takeOver({ id, notebook, environment, offer, count }: KernelView): Promise<void> {
    const { client, notebook: own } = this._options;
    const kernelId = own.kernel?.id;
    const { kernels } = await client.kernels();
    if (kernelId === undefined || !kernels.some(it => it.id === id && it.phase === 'Ready')) return;
    await client.claimKernel({ notebook, environment, offer, count, kernelId });
    await own.start(kernelspecOf(environment));
  }

  private _wish({ offer, count }: KernelRequest): void {
    const { notebook } = this._options;
    const wish: IWish = { offer, count: count ?? 1 };
    const { wish: before } = this._view.facts;
    if (before?.offer !== wish.offer || before.count !== wish.count) notebook.berth = withWish(notebook.berth, wish);
  }

  /** Decides once for each claim that has become ready. */
  private async _react(): Promise<void> {
    const { claim } = this._view.facts;
    if (this._isBusy || claim?.phase !== 'Ready' || this._decided.has(claim.id)) return;
    this._decided.add(claim.id);
    const isMine = this._mine.has(claim.id);
    const isFresh = isMine && (await this._options.notebook.isFresh().catch(() => false)); // not known: asked about
    if (this._isDisposed) return;
    const isStarting = decideSwitch({ phase: 'Ready', isMine, isFresh }) === 'start';
    if (!isStarting || !(await this._attempt(() => this._start(claim)))) this._asked.add(claim.id);
    this._update();
  }

  private _setStep(step: Step): void {
    this._step = step;
    this._update();
    void this._react();
  }

  private _look(): IComputeView {
    const { notebook, model } = this._options;
    const { kernels, offers } = model.state;
    const { path, name, kernel } = notebook;
    const wish = parseWish(notebook.berth);
    const facts = notebookFacts(kernel, wish, kernels, { notebook: path, ours: this._mine, taken: this._taken });
    const { claim } = facts;
    const step = this._making.step ?? this._step;
    const isAsked = claim?.phase === 'Ready' && this._asked.has(claim.id) && step.kind === 'idle';
    const asking = isAsked ? claim : null;
    return { notebook: path, name, facts, step, error: this._error, asking, offers };
  }

  private _update(): void {
    if (this._isDisposed) return;
    this._view = this._look();
    this._changed.emit();
  }

  private readonly _onChanged = (): void => {
    this._update();
    void this._react();
  };

  private readonly _onKernelEnded = (_: unknown, end: IKernelEnd): void => {
    const isOurs = end.kernel.notebook === this._options.notebook.path || this._mine.has(end.kernel.id);
    const isMissed = end.kernel.offer !== 'cpu' && end.reason !== ''; // processors are there whatever happens
    if (isOurs && isMissed) this._lost.emit(end);
  };

  private readonly _making: EnvironmentMaking;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _lost = new Signal<this, IKernelEnd>(this);
  /** Claims that this page has asked for, that it has started a kernel on, decided about, and left to the person. */
  private readonly _mine = new Set<string>();
  private readonly _taken = new Set<string>();
  private readonly _decided = new Set<string>();
  private readonly _asked = new Set<string>();
  private _view: IComputeView;
  private _step: Step = { kind: 'idle' };
  private _error: GatewayError | null = null;
  private _isBusy = false;
  private _isDisposed = false;
}
