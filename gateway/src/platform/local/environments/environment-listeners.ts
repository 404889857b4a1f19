/** Who wants to hear of changes and ends; nobody hears the same twice in a row. */
import type { Environment } from '../../../contract/index.js';
import type { Entry } from './environment-entry.js';

export class EnvironmentListeners {
  readonly #changed = new Set<(environment: Environment) => void>();
  readonly #deleted = new Set<(name: string) => void>();

  onChange(listener: (environment: Environment) => void): () => void {
    this.#changed.add(listener);
    return () => this.#changed.delete(listener);
  }

  onDeleted(listener: (name: string) => void): () => void {
    this.#deleted.add(listener);
    return () => this.#deleted.delete(listener);
  }

  /** Says how the environment is now, unless that was said before. */
  changed(entry: Entry, view: Environment): void {
    const said = JSON.stringify(view);
    if (said === entry.told) return;
    entry.told = said;
    for (const listener of this.#changed) listener(view);
  }

  deleted(name: string): void {
    for (const listener of this.#deleted) listener(name);
  }

  clear(): void {
    this.#changed.clear();
    this.#deleted.clear();
  }
}
