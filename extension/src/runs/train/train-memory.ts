/** Remembers how each notebook was trained last; a convenience, so that nothing here may fail loudly. */
import type { IStateDB } from '@jupyterlab/statedb';
import type { ITrainChoice } from './train-form.js';

const KEY = 'berth:train';
const MOST_NOTEBOOKS = 100;

export class TrainMemory {
  /** @param _state - Null where the application has no state database. */
  constructor(private readonly _state: IStateDB | null) {}

  async recall(notebook: string): Promise<ITrainChoice | null> {
    const entries = await this._entries();
    return entries.find(([path]) => path === notebook)?.[1] ?? null;
  }

  async remember(notebook: string, choice: ITrainChoice): Promise<void> {
    const others = (await this._entries()).filter(([path]) => path !== notebook);
    const entries = [[notebook, { ...choice }], ...others.map(([path, it]) => [path, { ...it }])];
    await this._state?.save(KEY, entries.slice(0, MOST_NOTEBOOKS)).catch(() => undefined);
  }

  private async _entries(): Promise<[string, ITrainChoice][]> {
    const saved: unknown = await this._state?.fetch(KEY).catch(() => undefined);
    return Array.isArray(saved) ? saved.filter(isEntry) : [];
  }
}

function isEntry(value: unknown): value is [string, ITrainChoice] {
  if (!Array.isArray(value) || typeof value[0] !== 'string') return false;
  const { processes, offer, environment, framework } = (value[1] ?? {}) as Partial<Record<string, unknown>>;
  const texts = [processes, offer, environment].every(text => typeof text === 'string');
  return texts && (framework === 'torchrun' || framework === 'process');
}
