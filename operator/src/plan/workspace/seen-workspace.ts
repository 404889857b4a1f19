/** What the operator sees of a workspace and its children at one moment: the input of `planWorkspace`. */

/**
 * Whose an object with the name of a child is: this workspace's; nobody's, with our labels (its workspace was deleted and it
 * was kept); an earlier workspace's of the same name, on its way out; or somebody else's.
 */
export type Belongs = 'ours' | 'orphan' | 'previous' | 'foreign';

export interface SeenChild {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly belongs: Belongs;
  /** It is as we would make it now. */
  readonly asWanted: boolean;
  /** Somebody has asked for its deletion. */
  readonly deleting: boolean;
}

export interface SeenHome extends SeenChild {
  readonly phase: 'Pending' | 'Bound' | 'Lost';
  /** Whose files are on it, by the annotation that we gave it. */
  readonly owner: string;
}

/** Why a container does not run, in the kubelet's words. */
export interface SeenWaiting {
  readonly reason: string;
  readonly message: string;
}

export interface SeenExit {
  readonly atMs?: number;
  readonly code: number;
  readonly reason: string;
  /** Why it never began to run, where that is how it ended. */
  readonly message?: string;
}

export interface SeenPod extends SeenChild {
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
  readonly createdAtMs: number;
  /** JupyterLab answers. */
  readonly ready: boolean;
  readonly node?: string;
  /** The kubelet on its node reports; absent: it is on none. */
  readonly nodeReports?: boolean;
  /** What the scheduler says of why it is on no node. */
  readonly unschedulable?: string;
  readonly waiting?: SeenWaiting;
  readonly restarts: number;
  readonly lastExit?: SeenExit;
  /** Of the pod as a whole: `Evicted`, `NodeLost`, `UnexpectedAdmissionError`, … */
  readonly failure?: SeenWaiting;
  readonly image: string;
}

export interface SeenCondition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  readonly sinceMs: number;
}

/** What was last reported: what is said about the past comes from here. */
export interface Reported {
  readonly conditions: readonly SeenCondition[];
  /** Of the home volume that was there then. */
  readonly homeUid?: string;
}

export interface SeenWorkspace {
  readonly name: string;
  readonly owner: string;
  readonly running: boolean;
  readonly deleting: boolean;
  /** The pod of another system; then all children but this are absent. */
  readonly adoptedPod?: string;
  readonly environmentName: string;
  readonly environmentFrom: 'catalogue' | 'namespace';
  /** Absent: there is no such environment. */
  readonly image?: string;
  readonly className?: string;
  /** What the class does not allow of what is asked for, as sentences; absent: there is no such class. */
  readonly classProblems?: readonly string[];
  readonly serviceAccount?: SeenChild;
  readonly service?: SeenChild;
  readonly networkPolicy?: SeenChild;
  readonly home?: SeenHome;
  readonly pod?: SeenPod;
  /** It was stopped for being idle, and nobody has resumed it. */
  readonly stoppedIdle?: { readonly at: string; readonly why: string };
  readonly reported: Reported;
}
