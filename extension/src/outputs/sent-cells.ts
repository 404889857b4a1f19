/** What this page tells the server of its cells: what it has run, cleared and saved. One call at a time, in order. */
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { ISentCells, OutputsClient } from './outputs-client.js';

/** So many fit into a call that outlives its page: browsers allow 64 KiB. */
const BATCH = 400;

type SentCell = Omit<ISentCells, 'cells' | 'known'> & { readonly msgId: string; readonly cellId: string };
type ToldCell = SentCell & Pick<ISentCells, 'known'>;

export class SentCells {
  constructor(private readonly _client: Pick<OutputsClient, 'sent' | 'cleared' | 'saved'>) {}

  /** Has this page sent it to the kernel? */
  has(msgId: string): boolean {
    return this._own.has(msgId);
  }

  /** Everything so far has been told, or could not be. */
  get told(): Promise<void> {
    return this._calls;
  }

  /** A cell was run. */
  add(cell: SentCell): void {
    this._own.add(cell.msgId);
    this._open.set(cell.msgId, cell);
    this._tell(cell, false);
  }

  /** This page goes on with what another one has run: it is its own now, for the other pages that are open. */
  adopt(cell: SentCell): void {
    this._open.set(cell.msgId, cell);
    this._tell(cell, true);
  }

  /** This page has all that this execution has printed, but has not saved it. */
  ended(msgId: string): void {
    this._unsaved.add(msgId);
  }

  /** The person has cleared a cell. */
  cleared(path: string, cellId: string): void {
    const cells = this._cleared.get(path) ?? [];
    this._cleared.set(path, [...cells, cellId]);
    this._call(async () => {
      const due = this._cleared.get(path) ?? [];
      this._cleared.set(path, due.slice(BATCH));
      if (due.length > 0) await this._client.cleared(path, due.slice(0, BATCH));
    });
  }

  /** What had ended when saving began is safe when saving has succeeded. */
  onSave(state: DocumentRegistry.SaveState): void {
    if (state === 'started') this._saving = [...this._unsaved];
    if (state !== 'completed' || this._saving.length === 0) return;
    const saved = this._saving.splice(0);
    for (const msgId of saved) {
      this._unsaved.delete(msgId);
      this._open.delete(msgId);
    }
    for (let start = 0; start < saved.length; start += BATCH) {
      this._call(() => this._client.saved(saved.slice(start, start + BATCH)));
    }
  }

  /** The notebook has another path now. */
  renamed(path: string): void {
    for (const [msgId, cell] of this._open) {
      const moved = { ...cell, path };
      this._open.set(msgId, moved);
      this._tell(moved, true);
    }
  }

  /** Cells that are run in one go are told in one go. */
  private _tell(cell: SentCell, known: boolean): void {
    this._untold.push({ ...cell, known });
    this._call(async () => {
      const [first] = this._untold;
      if (first === undefined) return;
      const { kernel, session, path, known } = first;
      const isHere = (one: ToldCell): boolean => one.kernel === kernel && one.path === path && one.known === known;
      const told = this._untold.filter(isHere).slice(0, BATCH);
      this._untold = this._untold.filter(one => !told.includes(one));
      const cells = told.map(({ msgId, cellId }) => [msgId, cellId] as const);
      await this._client.sent({ kernel, session, path, cells, known });
    });
  }

  /** A call that fails costs what is kept of some cells, and nothing that the person has on the screen. */
  private _call(call: () => Promise<void>): void {
    this._calls = this._calls.then(call).catch((error: unknown) => {
      console.warn(
        'The Jupyter server was not told of these cells; if this page closes now their outputs are lost',
        error
      );
    });
  }

  private _calls: Promise<void> = Promise.resolve();
  private _untold: ToldCell[] = [];
  private readonly _cleared = new Map<string, readonly string[]>();
  private readonly _own = new Set<string>();
  /** Run by this page and not saved yet. */
  private readonly _open = new Map<string, SentCell>();
  /** Complete on this page and not saved yet. */
  private readonly _unsaved = new Set<string>();
  private _saving: string[] = [];
}
