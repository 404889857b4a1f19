/** One look after another, signal by signal: what makes a kernel or a workspace active, and what does not. */
import { describe, expect, test } from '@jest/globals';
import {
  countingSignals,
  evidence,
  hear,
  judged,
  judgementOf,
  kernel,
  kernels,
  policies,
  process,
  seen,
  SHORT,
  START_T,
  WORKSPACE
} from './activity.testkit.js';
import type { Evidence, KernelEvidence } from './evidence.js';
import type { Judgement, Signal } from './judgement.js';

interface Case {
  readonly sentence: string;
  readonly before?: Partial<KernelEvidence>;
  readonly after: Partial<KernelEvidence>;
  readonly want: Judgement['activity'];
  readonly signals?: readonly Signal[];
}

const KERNEL_CASES: readonly Case[] = [
  { sentence: 'a kernel at rest is idle', after: {}, want: 'idle', signals: [] },
  { sentence: 'a cell began to run and has ended', after: { executions: 4 }, want: 'active', signals: ['execution'] },
  {
    sentence: 'the count of cells began anew, and one ran',
    after: { executions: 1 },
    want: 'active',
    signals: ['execution']
  },
  { sentence: 'the count of cells began anew, and none ran', after: { executions: 0 }, want: 'idle', signals: [] },
  {
    sentence: 'a cell runs and uses 5 % of a processor',
    before: { state: 'busy' },
    after: { state: 'busy', cpu_s: 10.75 },
    want: 'active',
    signals: ['kernel-busy']
  },
  {
    sentence: 'a cell runs in silence',
    before: { state: 'busy' },
    after: { state: 'busy', cpu_s: 10.7 },
    want: 'active',
    signals: ['silent-busy']
  },
  {
    sentence: 'a cell runs in silence where processor time cannot be read',
    before: { state: 'busy', cpu_s: null },
    after: { state: 'busy', cpu_s: null },
    want: 'active',
    signals: ['silent-busy']
  },
  {
    sentence: 'a cell runs and uses the GPU alone',
    before: { state: 'busy' },
    after: { state: 'busy', gpu: 'whole', gpu_util: 1 },
    want: 'active',
    signals: ['kernel-busy', 'gpu']
  },
  { sentence: 'a cell waits for input()', after: { state: 'busy', waits_input: true }, want: 'idle', signals: [] },
  {
    sentence: 'a cell waits for input() while a thread computes',
    after: { state: 'busy', waits_input: true, cpu_s: 12 },
    want: 'active',
    signals: ['kernel-cpu']
  },
  {
    sentence: 'a thread computes though no cell runs',
    after: { cpu_s: 11.5 },
    want: 'active',
    signals: ['kernel-cpu']
  },
  { sentence: 'an idle kernel that uses a little', after: { cpu_s: 11.4 }, want: 'idle', signals: [] },
  {
    sentence: 'a new process has used more than the old one ever had',
    before: { cpu_s: 100 },
    after: { cpu_s: 2 },
    want: 'active',
    signals: ['kernel-cpu']
  },
  {
    sentence: 'a new process has used nothing',
    before: { cpu_s: 100 },
    after: { cpu_s: 0.3 },
    want: 'idle',
    signals: []
  },
  {
    sentence: 'the GPU is used though no cell runs',
    after: { gpu: 'whole', gpu_util: 1 },
    want: 'active',
    signals: ['gpu']
  },
  {
    sentence: 'memory of a GPU is held at 0 %',
    after: { gpu: 'whole', gpu_util: 0, gpu_mem_mib: 70_000 },
    want: 'idle',
    signals: []
  },
  { sentence: 'a GPU that cannot be measured does not keep it', after: { gpu: 'mig' }, want: 'idle', signals: [] },
  {
    sentence: 'a GPU that cannot be measured does not condemn it',
    before: { state: 'busy' },
    after: { state: 'busy', gpu: 'mig' },
    want: 'active',
    signals: ['silent-busy']
  },
  { sentence: 'somebody typed in its notebook', after: { input_t: START_T + 10 }, want: 'active', signals: ['input'] },
  {
    sentence: 'somebody typed in its notebook, and is known to have typed before',
    before: { input_t: START_T - 100 },
    after: { input_t: START_T + 10 },
    want: 'active',
    signals: ['input']
  },
  {
    sentence: 'a page comes back and tells of input long ago',
    after: { input_t: START_T - 3_000 },
    want: 'idle',
    signals: []
  },
  {
    sentence: 'the time of the same input wobbles',
    before: { input_t: START_T - 100 },
    after: { input_t: START_T - 99.2 },
    want: 'idle',
    signals: []
  },
  {
    sentence: 'it starts',
    before: { state: 'starting' },
    after: { state: 'starting' },
    want: 'active',
    signals: ['starting']
  },
  { sentence: 'it starts again', after: { state: 'restarting' }, want: 'active', signals: ['starting'] },
  {
    sentence: 'a dead kernel',
    before: { cpu_s: null },
    after: { state: 'dead', cpu_s: null },
    want: 'idle',
    signals: []
  },
  { sentence: 'processor time that cannot be read', before: { cpu_s: null }, after: { cpu_s: null }, want: 'unknown' },
  {
    sentence: 'processor time that can be read for the first time',
    before: { cpu_s: null },
    after: {},
    want: 'unknown'
  },
  { sentence: 'its state is not known', after: { state: 'unknown' }, want: 'unknown' },
  {
    sentence: 'its state is not known, but it computes',
    after: { state: 'unknown', cpu_s: 20 },
    want: 'active',
    signals: ['kernel-cpu']
  }
];

describe('a kernel', () => {
  test.each(KERNEL_CASES)('$sentence: $want', ({ before = {}, after, want, signals }) => {
    const judgement = judged(kernels(before), kernels(after));
    expect(judgement.activity).toBe(want);
    if (signals !== undefined) expect(countingSignals(judgement)).toEqual(signals);
  });

  test('a process below it that works keeps it, and the workspace', () => {
    const below = (cpu_s: number): Partial<Evidence> => ({ processes: [process({ kernel: 'k', cpu_s })] });
    expect(countingSignals(judged(below(5), below(5.15)))).toEqual(['process']);
    expect(judged(below(5), below(5.15), WORKSPACE).activity).toBe('active');
    expect(judged(below(5), below(5.1)).activity).toBe('idle');
  });

  test('a cell that runs only in its child is not silent', () => {
    const look = (cpu_s: number): Partial<Evidence> => ({
      kernels: [kernel({ state: 'busy' })],
      processes: [process({ kernel: 'k', cpu_s })]
    });
    expect(countingSignals(judged(look(5), look(20)))).toEqual(['kernel-busy', 'process']);
  });

  test('a slow download by a process below it keeps it: it uses no processor', () => {
    const look = (io_bytes: number): Partial<Evidence> => ({ processes: [process({ kernel: 'k', io_bytes })] });
    expect(judged(look(0), look(15 * 10_240)).activity).toBe('active');
    expect(judged(look(0), look(15 * 10_000)).activity).toBe('idle');
  });

  test('a process that was not there before has used all of it since', () => {
    const look: Partial<Evidence> = { processes: [process({ kernel: 'k', cpu_s: 0.2 })] };
    expect(judged({}, look).activity).toBe('active');
  });

  test('a process of somebody else that cannot be read leaves it unknown', () => {
    const look: Partial<Evidence> = { processes: [process({ kernel: 'k', cpu_s: null, io_bytes: null })] };
    expect(judged(look, look).activity).toBe('unknown');
  });

  test('a lease keeps it until its time is over; one of another kernel does not', () => {
    const look = (kernelId: string | null, until_t: number | null): Partial<Evidence> => ({
      leases: [{ id: 'l', why: 'run 7 is attached', kernel: kernelId, until_t }]
    });
    expect(countingSignals(judged({}, look('k', null)))).toEqual(['lease']);
    expect(countingSignals(judged({}, look(null, null)))).toEqual(['lease']);
    expect(countingSignals(judged({}, look('k', START_T + 16)))).toEqual(['lease']);
    expect(judged({}, look('k', START_T + 15)).activity).toBe('idle');
    expect(judged({}, look('other', null)).activity).toBe('idle');
    expect(judged({}, look('other', null), WORKSPACE).activity).toBe('active');
  });

  test('what it says is sentences with what was measured', () => {
    const look = (cpu_s: number): Partial<Evidence> => ({
      kernels: [kernel({ cpu_s, gpu: 'mig', input_t: START_T - 720 })],
      processes: [process({ terminal: '1', cpu_s: cpu_s * 2 })]
    });
    expect(judged(look(10), look(10.06)).signals.map(({ text }) => text)).toEqual([
      'No cell ran, and the kernel used 0.4 % of a processor.',
      'It holds a GPU, and how much it uses it cannot be measured.',
      'Nobody has typed, clicked or run anything in its notebook for 12 min.'
    ]);
    expect(judged(look(10), look(17.5), WORKSPACE).signals.map(({ text }) => text)).toEqual([
      'train.ipynb: No cell ran, and the kernel used 50 % of a processor.',
      'python in terminal 1 used 100 % of a processor.'
    ]);
  });
});

describe('over time', () => {
  test('a start that takes longer than ten minutes is none', () => {
    const looks = Array.from({ length: 50 }, (_, index) => seen(index * 15, kernels({ state: 'starting' })));
    const active = hear(looks).filter(plan => judgementOf(plan).activity === 'active').length;
    expect(active).toBe(41); // the first one, and those of the 600 s after it
  });

  test('a silent cell counts until its limit, and one that begins to run begins anew', () => {
    const part = { ...SHORT, busyMaxSeconds: 300 };
    const looks = (executions: (at: number) => number) =>
      Array.from({ length: 40 }, (_, index) =>
        seen(index * 15, kernels({ state: 'busy', executions: executions(index * 15) }))
      );
    const activity = (readings: ReturnType<typeof looks>) =>
      hear(readings, { policies: policies(part) }).map(plan => judgementOf(plan).activity);
    expect(activity(looks(() => 3)).lastIndexOf('active')).toBe(20);
    expect(activity(looks(at => (at < 150 ? 3 : 4))).lastIndexOf('active')).toBe(30);
  });

  test('somebody who types all the time counts at every look, however short the looks are', () => {
    const looks = Array.from({ length: 40 }, (_, index) => {
      const at = index * 0.2;
      return { t: START_T + at, evidence: evidence(kernels({ input_t: START_T + at })) };
    });
    const idle = hear(looks, { readEveryMs: 200 }).map(plan => judgementOf(plan).idleMs);
    expect(Math.max(...idle)).toBeLessThanOrEqual(1_200);
  });

  test('work that counters show across a gap counts, and a kernel at rest does not look like work there', () => {
    expect(judged(kernels({}), kernels({ executions: 4 }), undefined, 3_600).activity).toBe('active');
    expect(judged(kernels({}), kernels({ cpu_s: 50 }), undefined, 3_600).activity).toBe('active');
    expect(judged(kernels({}), kernels({ cpu_s: 22 }), undefined, 3_600)).toMatchObject({
      activity: 'idle',
      idleMs: 0
    });
  });
});
