/** What the section Compute can ask for; the plugin carries it out. */
export interface IComputeHandlers {
  readonly openRun: (runId: string) => void;
  readonly openNotebook: (path: string) => void;
  /** Gives back what a notebook's kernel has, with a question before; null where no plugin does it. */
  readonly release: ((notebook: string) => void) | null;
  /** Ends a kernel, with a question before. Rejects when it could not be ended. */
  readonly shutDown: (kernelId: string, name: string) => Promise<void>;
}
