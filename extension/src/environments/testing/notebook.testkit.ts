/** A notebook with a kernel that answers at once, as far as our code needs one; its document is a real one. */
import type { ICodeCellModel } from '@jupyterlab/cells';
import { NotebookModel, type NotebookPanel } from '@jupyterlab/notebook';
import { Signal } from '@lumino/signaling';
import { withPin, type IPin } from '../pin/pin-metadata.js';

const OUTPUT = { output_type: 'stream', name: 'stdout', text: '1' };

export class FakeNotebook {
  constructor(pin: IPin | null = null, cells = 1) {
    this.model.fromJSON({
      cells: Array.from({ length: cells }, (_, index) => ({
        cell_type: 'code',
        id: `cell-${index}`,
        source: 'x',
        metadata: {},
        execution_count: 1,
        outputs: [OUTPUT]
      })),
      metadata: pin === null ? {} : withPin({}, pin),
      nbformat: 4,
      nbformat_minor: 5
    } as never);
    this.model.dirty = false;
    this.panel = this._makePanel();
  }

  readonly model = new NotebookModel();
  readonly panel: NotebookPanel;
  readonly fileChanged = new Signal<this, void>(this);
  /** What the kernel has. */
  packages: Record<string, string> = {};
  /** How often the kernel was looked into. */
  looks = 0;
  /** Kernelspecs that its kernel was changed to; `restart` where it stayed the same. */
  readonly starts: string[] = [];
  /** Does a cell run? */
  isBusy = false;
  /** Does saving work? */
  canSave = true;

  get cells(): ICodeCellModel[] {
    return [...this.model.cells] as ICodeCellModel[];
  }

  private _makePanel(): NotebookPanel {
    const isBusy = (): boolean => this.isBusy;
    const kernel = {
      id: 'k-1',
      name: 'berth-work',
      get status() {
        return isBusy() ? 'busy' : 'idle';
      },
      isDisposed: false,
      restart: () => Promise.resolve(this.starts.push('restart')),
      info: Promise.resolve({ language_info: { name: 'python' } }),
      requestExecute: () => ({ done: Promise.resolve({ content: this._answer() }) })
    };
    const sessionContext = {
      session: { kernel, changeKernel: ({ name }: { name: string }) => Promise.resolve(this.starts.push(name)) },
      specsManager: { specs: null, refreshSpecs: () => Promise.resolve() },
      kernelChanged: new Signal<object, void>({}),
      statusChanged: new Signal<object, void>({})
    };
    const context = {
      path: 'a.ipynb',
      ready: Promise.resolve(),
      model: this.model,
      contentsModel: { writable: true },
      fileChanged: this.fileChanged,
      save: () => {
        if (this.canSave) this.model.dirty = false;
        this.fileChanged.emit();
        return Promise.resolve();
      }
    };
    return { sessionContext, context, content: {} } as unknown as NotebookPanel;
  }

  private _answer(): object {
    this.looks += 1;
    const facts = {
      python: '3.11.7',
      implementation: 'cpython',
      platform: 'linux-x86_64',
      packages: this.packages,
      local: [],
      environment: 'work'
    };
    const text = `'${btoa(JSON.stringify(facts))}'`;
    return { status: 'ok', user_expressions: { berth: { status: 'ok', data: { 'text/plain': text } } } };
  }
}

/** Yjs warns of the way in which @jupyter/ydoc makes cells; nothing that a test of ours could do about it. */
export function quietYjs(): void {
  const warn = console.warn.bind(console);
  jest.spyOn(console, 'warn').mockImplementation((...args: unknown[]) => {
    if (!/Invalid access|yjs#509/.test(String(args[0]))) warn(...args);
  });
}
