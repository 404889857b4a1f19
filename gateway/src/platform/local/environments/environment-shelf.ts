/** All environments that are known, as people see them, and what is told of them when they change. */
import { type Environment, PlatformError } from '../../../contract/index.js';
import type { PlatformLog } from '../ports.js';
import { creatingView, type Entry, viewOf } from './environment-entry.js';
import { EnvironmentListeners } from './environment-listeners.js';
import type { EnvironmentUses } from './environment-uses.js';
import { removeDeadKernelspecs } from './kernelspec.js';

export interface ShelfOptions {
  readonly uses: EnvironmentUses;
  readonly kernelsFolder: string;
  readonly log: PlatformLog;
}

export class EnvironmentShelf {
  readonly entries = new Map<string, Entry>();
  readonly listeners = new EnvironmentListeners();
  readonly #options: ShelfOptions;
  /** Whether anything can change that nobody tells: only what has files, or had some that are still used. */
  #isWorthALook = true;
  #look: Promise<void> | undefined;

  constructor(options: ShelfOptions) {
    this.#options = options;
  }

  /** @throws PlatformError `not-found`, naming those that there are */
  entry(name: string): Entry {
    const entry = this.entries.get(name);
    if (entry !== undefined) return entry;
    const names = [...this.entries.keys()].join(', ');
    throw new PlatformError('not-found', `There is no environment ${name}; there is ${names}.`);
  }

  view(entry: Entry): Promise<Environment> {
    return viewOf(entry, this.#options.uses);
  }

  views(): Promise<Environment[]> {
    return Promise.all([...this.entries.values()].map(entry => this.view(entry)));
  }

  /** Says how far its making is, without looking at anything. */
  progressed(entry: Entry): Environment {
    const view = creatingView(entry);
    this.listeners.changed(entry, view);
    return view;
  }

  async announce(entry: Entry): Promise<Environment> {
    this.#isWorthALook = true;
    const view = await this.view(entry);
    if (this.entries.get(entry.name) === entry) this.listeners.changed(entry, view);
    return view;
  }

  /** For what nobody waits for: a look at the processes may fail, and the next one tells the same. */
  async announceSafely(entry: Entry): Promise<void> {
    await this.announce(entry).catch((error: unknown) => {
      this.#options.log.warn('an environment cannot be looked at', { environment: entry.name, error });
    });
  }

  delete(entry: Entry): void {
    if (this.entries.get(entry.name) !== entry) return;
    this.entries.delete(entry.name);
    this.listeners.deleted(entry.name);
  }

  /** Looks whether something changed that nobody told: what is installed, who uses it, whether it is there. */
  recheck(): Promise<void> {
    if (!this.#isWorthALook) return Promise.resolve();
    this.#look ??= this.#recheck()
      .catch((error: unknown) => this.#options.log.warn('environments cannot be looked at', { error }))
      .finally(() => (this.#look = undefined));
    return this.#look;
  }

  async #recheck(): Promise<void> {
    const entries = [...this.entries.values()];
    const views = await Promise.all(entries.map(entry => this.announce(entry)));
    this.#isWorthALook = views.some(
      ({ state, inUse }) => state === 'ready' || state === 'creating' || inUse.length > 0
    );
    await removeDeadKernelspecs(this.#options.kernelsFolder);
  }
}
