/** A notebook in no Lab: what is done to it can be seen, and its kernel does what a test says. */
import { Signal } from '@lumino/signaling';
import type { INotebook } from './notebook-compute.js';
import type { IKernelFacts } from './notebook-facts.js';

export class FakeNotebook implements INotebook {
  path = 'a/train.ipynb';
  name = 'train.ipynb';
  kernel: IKernelFacts | null = { id: 'k-1', spec: 'berth-default', title: 'default', isBusy: false };
  fresh = true;
  readonly started: string[] = [];
  /** What the next start fails with. */
  failure: Error | null = null;
  readonly changed = new Signal<this, void>(this);

  get berth(): unknown {
    return this._berth;
  }

  set berth(value: unknown) {
    this._berth = value;
    this.changed.emit();
  }

  isFresh(): Promise<boolean> {
    return Promise.resolve(this.fresh);
  }

  async start(spec: string): Promise<void> {
    if (this.failure !== null) throw this.failure;
    this.started.push(spec);
    this.kernel = { id: this.kernel?.id ?? 'k-new', spec, title: spec, isBusy: false };
  }

  runCell(): void {
    if (this.kernel !== null) this.kernel = { ...this.kernel, isBusy: true };
    this.changed.emit();
  }

  private _berth: unknown = undefined;
}
