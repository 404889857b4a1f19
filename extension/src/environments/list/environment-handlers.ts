/** What the panel lets people do with environments. */
export interface IEnvironmentHandlers {
  readonly create: () => void;
  readonly cleanUp: () => void;
  readonly make: (name: string) => void;
  readonly cancel: (name: string) => void;
  readonly repair: (name: string) => void;
  readonly remove: (name: string) => void;
  readonly details: (name: string) => void;
  readonly compare: (name: string) => void;
  /** Switches the kernel of the notebook in front, and pins it. */
  readonly use: (name: string) => void;
}
