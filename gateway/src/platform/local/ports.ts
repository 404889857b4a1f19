/** What the local platform needs from its neighbours, in the few methods that it uses. */
import type { Environment } from '../../contract/index.js';

/** Named Python environments (`environments/`). */
export interface RunEnvironments {
  list(): Promise<Environment[]>;
  /** @throws PlatformError `not-found`, naming those that there are. */
  get(name: string): Promise<Environment>;
  /** Begins to make it unless it is there; returns at once. */
  create(name: string): Promise<Environment>;
  cancel(name: string): Promise<Environment>;
  /** The interpreter of an environment that is ready. */
  python(name: string): Promise<string>;
  onChange(listener: (environment: Environment) => void): () => void;
}

/** Where the platform says what heals itself (`warn`) and what does not (`error`). */
export interface PlatformLog {
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
}
