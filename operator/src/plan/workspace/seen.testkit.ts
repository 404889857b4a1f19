/** Builds observations of workspaces for tests: `seenWorkspace('a').running().withPod({ ready: false }).obj()`. */
import type { SeenChild, SeenCondition, SeenHome, SeenPod, SeenWorkspace } from './seen-workspace.js';
import type { ReadyReason } from './workspace-report.js';

/** The moment at which every test looks. */
export const NOW_MS = Date.UTC(2030, 0, 1);
export const NOW = new Date(NOW_MS);
export const IMAGE = `registry.example/lab@sha256:${'a'.repeat(64)}`;

export const secondsAgo = (seconds: number): number => NOW_MS - seconds * 1_000;

export const CHILDREN = ['serviceAccount', 'networkPolicy', 'service', 'home', 'pod'] as const;
export type ChildName = (typeof CHILDREN)[number];

const seenChild = (uid: string): SeenChild => ({
  uid,
  resourceVersion: '7',
  belongs: 'ours',
  asWanted: true,
  deleting: false
});

/** A pod of ours on a node, ten minutes old, whose JupyterLab answers. */
export function seenPod(change: Partial<SeenPod> = {}): SeenPod {
  return {
    ...seenChild('pod-1'),
    phase: 'Running',
    createdAtMs: secondsAgo(600),
    ready: true,
    node: 'node-1',
    nodeReports: true,
    restarts: 0,
    image: IMAGE,
    ...change
  };
}

export class SeenBuilder {
  constructor(private readonly seen: SeenWorkspace) {}

  /** All that a workspace has whether it runs or not, as wanted. */
  standing(): SeenBuilder {
    const { owner } = this.seen;
    return this.with({
      serviceAccount: seenChild('account-1'),
      networkPolicy: seenChild('policy-1'),
      service: seenChild('service-1'),
      home: { ...seenChild('home-1'), phase: 'Bound', owner }
    });
  }

  /** It has run for nine minutes. */
  running(): SeenBuilder {
    return this.standing().withPod().reported('Running', 540);
  }

  /** Its pod has been made and does not answer yet; nothing has been heard from it. */
  starting(change: Partial<SeenPod> = {}): SeenBuilder {
    const fresh = { phase: 'Pending', ready: false, createdAtMs: secondsAgo(10) } as const;
    return this.standing()
      .withPod({ ...fresh, ...change })
      .reported('Starting', 10);
  }

  /** The person wants it stopped. */
  stopped(): SeenBuilder {
    return this.with({ running: false });
  }

  /** The operator has stopped it. */
  stoppedIdle(at: string, why: string): SeenBuilder {
    return this.with({ running: false, stoppedIdle: { at, why } });
  }

  deleted(): SeenBuilder {
    return this.with({ deleting: true });
  }

  adopting(pod: string): SeenBuilder {
    return this.with({ adoptedPod: pod });
  }

  withPod(change: Partial<SeenPod> = {}): SeenBuilder {
    return this.with({ pod: seenPod({ ...this.seen.pod, ...change }) });
  }

  withHome(change: Partial<SeenHome>): SeenBuilder {
    const home: SeenHome = { ...seenChild('home-1'), phase: 'Bound', owner: this.seen.owner, ...this.seen.home };
    return this.with({ home: { ...home, ...change } });
  }

  withChild(name: ChildName, change: Partial<SeenChild>): SeenBuilder {
    return this.with({ [name]: { ...(this.seen[name] ?? seenChild(`${name}-1`)), ...change } });
  }

  without(...names: (ChildName | 'image')[]): SeenBuilder {
    const left = Object.entries(this.seen).filter(([name]) => !names.some(gone => gone === name));
    return new SeenBuilder(Object.fromEntries(left) as unknown as SeenWorkspace);
  }

  /** A compute class that does not allow `problems` of what is asked for; null: there is no such class. */
  ofClass(className: string, problems: readonly string[] | null = []): SeenBuilder {
    return this.with({ className, ...(problems !== null && { classProblems: problems }) });
  }

  reported(reason: ReadyReason, agoS: number): SeenBuilder {
    const status = reason === 'Running' ? 'True' : 'False';
    return this.withCondition({ type: 'Ready', status, reason, message: '', sinceMs: secondsAgo(agoS) });
  }

  withCondition(condition: SeenCondition): SeenBuilder {
    const others = this.seen.reported.conditions.filter(({ type }) => type !== condition.type);
    return this.with({ reported: { ...this.seen.reported, conditions: [...others, condition] } });
  }

  knewHome(homeUid: string): SeenBuilder {
    return this.with({ reported: { ...this.seen.reported, homeUid } });
  }

  obj(): SeenWorkspace {
    return this.seen;
  }

  private with(change: Partial<SeenWorkspace>): SeenBuilder {
    return new SeenBuilder({ ...this.seen, ...change });
  }
}

/** A workspace that has just been made, and is to run: its environment is there, and nothing else. */
export function seenWorkspace(name: string): SeenBuilder {
  return new SeenBuilder({
    name,
    owner: 'ada',
    running: true,
    deleting: false,
    environmentName: 'python',
    environmentFrom: 'catalogue',
    image: IMAGE,
    reported: { conditions: [] }
  });
}
