/** Builders of what is said of activity, and a model that says it, for tests. */
import type { ActivityView, Judgement } from '@berth/gateway/contract';
import { Signal } from '@lumino/signaling';
import type { IIdleModel } from '../idle/idle-model.js';
import { NOTHING_HEARD, type IIdleState } from '../idle/idle-state.js';

export const NOW = 1_800_000_000_000;

/** An idle kernel, whose time ends in `leftMs` unless that is null. */
export function makeJudgement(
  id: string,
  leftMs: number | null,
  changes: Partial<Omit<Judgement, 'next'>> & { readonly next?: Partial<Judgement['next']> } = {}
): Judgement {
  const { next, ...rest } = changes;
  return {
    subject: { kind: 'kernel', id },
    name: `${id}.ipynb`,
    path: `${id}.ipynb`,
    activity: 'idle',
    sinceMs: NOW - 720_000,
    idleMs: 720_000,
    lastActiveMs: NOW - 720_000,
    signals: [],
    ...rest,
    next: {
      what: 'release',
      atMs: leftMs === null ? null : NOW + leftMs,
      warnedAtMs: null,
      limit: leftMs === null ? null : 'hard',
      policyOf: 'platform',
      hold: leftMs === null ? 'no-limit' : null,
      snoozeLeftMs: 3_600_000,
      snoozeStepMs: 1_800_000,
      ...next
    }
  };
}

export function makeStop(
  id: string,
  changes: Partial<ActivityView['stops'][number]> = {}
): ActivityView['stops'][number] {
  return {
    id,
    subject: { kind: 'kernel', id: 'k-1' },
    name: 'train.ipynb',
    path: 'a/train.ipynb',
    kernelName: 'berth-study',
    atMs: NOW - 60_000,
    why: 'Nothing was used for 1 h: the hard limit of the platform.',
    signals: [],
    open: [],
    ...changes
  };
}

export function makeView(changes: Partial<ActivityView> = {}): ActivityView {
  return {
    nowMs: NOW,
    judge: 'gateway',
    judgedMs: NOW,
    enabled: true,
    dryRun: false,
    problems: [],
    judgements: [],
    stops: [],
    asking: [],
    timelines: [],
    ...changes
  };
}

export class FakeIdleModel implements IIdleModel {
  state: IIdleState = NOTHING_HEARD;
  readonly changed = new Signal<this, void>(this);
  readonly connected = new Signal<this, void>(this);
  readonly refresh = jest.fn();

  constructor(view: Partial<ActivityView> = {}) {
    this.show(view);
  }

  /** By a page whose clock is the server's. */
  show(view: Partial<ActivityView>): void {
    this.become({ presence: 'live', view: makeView(view), offsetMs: 0 });
  }

  become(state: Partial<IIdleState>): void {
    this.state = { ...this.state, ...state };
    this.changed.emit();
  }
}
