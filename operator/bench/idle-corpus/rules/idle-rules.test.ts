/** Each incumbent's rule against that project's own documented example: were ours stricter than theirs, the bench would lie. */
import { describe, expect, test } from '@jest/globals';
import { MINUTE_S, makeKernel, readingsOf } from '../testing/readings.ts';
import { coder } from './coder.ts';
import { dstack } from './dstack.ts';
import { idleCuller } from './idle-culler.ts';
import { kubeflowV1 } from './kubeflow-v1.ts';
import { kubeflowV2 } from './kubeflow-v2.ts';
import { runai } from './runai.ts';
import { SAGEMAKER_IDLE_MINUTES, sagemaker } from './sagemaker.ts';

const HOUR_S = 3600;

describe('Kubeflow v1 (culling_controller_test.go)', () => {
  const idleKernel = readingsOf(10, () => ({ kernels: [makeKernel()] }));
  const culledAfter5 = kubeflowV1(idleKernel, 5 * MINUTE_S).stoppedT;

  test('CULL_IDLE_TIME 5: last activity 6 minutes ago is idle', () => expect(culledAfter5).toBe(6 * MINUTE_S));

  test('CULL_IDLE_TIME 5: last activity 3 minutes ago is not', () => {
    expect(kubeflowV1(idleKernel.slice(0, 4), 5 * MINUTE_S).stoppedT).toBeNull();
  });

  test('one kernel of two is busy: the activity is now', () => {
    const readings = readingsOf(60, () => ({ kernels: [makeKernel(), makeKernel({ id: 'k2', state: 'busy' })] }));
    expect(kubeflowV1(readings, 5 * MINUTE_S).stoppedT).toBeNull();
  });

  test('a request that failed, and an empty list of kernels, leave the last activity as it was: it is culled', () => {
    for (const seen of ['HTTP 403', {}]) {
      expect(
        kubeflowV1(
          readingsOf(10, () => seen),
          5 * MINUTE_S
        ).stoppedT
      ).toBe(6 * MINUTE_S);
    }
  });
});

describe('Kubeflow v2 (activity_test.go, workspace_culling_test.go)', () => {
  const silent = readingsOf(120, minute => ({
    kernels: [makeKernel({ executions: 1, state: minute < 1 ? 'idle' : 'busy' })]
  }));

  test('secondsSinceActive 3600: eligible exactly one hour after the last activity, not a reading before', () => {
    expect(kubeflowV2(silent, HOUR_S).stoppedT).toBe(HOUR_S);
  });

  test('eligible by stale data: not paused without a fresh probe', () => {
    const readings = readingsOf(120, minute => (minute < 30 ? {} : 'Timeout'));
    expect(kubeflowV2(readings, HOUR_S)).toEqual({ stoppedT: null, unknown: 91, readings: 121 });
  });
});

describe('jupyterhub-idle-culler 2 (README.md, `--timeout=3600`)', () => {
  test('inactive for 3600 seconds is culled, 3540 is not', () => {
    expect(
      idleCuller(
        readingsOf(120, () => ({})),
        HOUR_S
      ).stoppedT
    ).toBe(HOUR_S);
    expect(
      idleCuller(
        readingsOf(59, () => ({})),
        HOUR_S
      ).stoppedT
    ).toBeNull();
  });

  test('a cell that runs without output is no activity (jupyterhub#1498)', () => {
    const readings = readingsOf(120, minute => ({
      kernels: [makeKernel({ state: 'busy', executions: 1, cpu_s: minute * 60 })]
    }));
    expect(idleCuller(readings, HOUR_S).stoppedT).toBe(HOUR_S);
  });

  test('a visible tab that nobody touches is (jupyterlab#9379)', () => {
    expect(
      idleCuller(
        readingsOf(600, () => ({ tabs: 1 })),
        HOUR_S
      ).stoppedT
    ).toBeNull();
  });
});

describe('SageMaker (IdleSettings; Developer Guide, "Idle shutdown")', () => {
  test('no kernel and no terminal session for 60 minutes, the least that can be set', () => {
    expect(
      sagemaker(
        readingsOf(120, () => ({})),
        SAGEMAKER_IDLE_MINUTES.least * MINUTE_S
      ).stoppedT
    ).toBe(HOUR_S);
  });

  test('an idle kernel and an idle terminal keep it for as long as they are there', () => {
    for (const seen of [{ kernels: [makeKernel()] }, { terminals: [{ name: '1' }] }]) {
      expect(
        sagemaker(
          readingsOf(600, () => seen),
          HOUR_S
        ).stoppedT
      ).toBeNull();
    }
  });
});

describe('Coder (activitybump_test.go)', () => {
  test('TimeToBump: the deadline moves to one hour after the last connection', () => {
    const readings = readingsOf(240, minute => ({ tabs: minute <= 30 ? 1 : 0 }));
    expect(coder(readings, HOUR_S).stoppedT).toBe(30 * MINUTE_S + HOUR_S);
  });

  test('work without a connection never bumps', () => {
    const readings = readingsOf(240, minute => ({ kernels: [makeKernel({ state: 'busy', cpu_s: minute * 60 })] }));
    expect(coder(readings, HOUR_S).stoppedT).toBe(HOUR_S);
  });
});

describe('dstack (documentation: inactivity_duration 2h; min_gpu_utilization 10, time_window 1h)', () => {
  const withGpu = (util: (minute: number) => number | null) =>
    readingsOf(240, minute => ({ tabs: 1, kernels: [makeKernel({ gpu: 'whole', gpu_util: util(minute) })] }));

  test('nothing attached for two hours', () => {
    expect(
      dstack(
        readingsOf(240, () => ({})),
        2 * HOUR_S
      ).stoppedT
    ).toBe(2 * HOUR_S);
  });

  test('a GPU below 10 % during the whole hour', () => {
    expect(
      dstack(
        withGpu(() => 9),
        HOUR_S
      ).stoppedT
    ).toBe(HOUR_S);
    expect(
      dstack(
        withGpu(minute => (minute % 50 === 0 ? 10 : 0)),
        HOUR_S
      ).stoppedT
    ).toBeNull();
  });

  test('without samples of it: not enough samples', () => {
    expect(
      dstack(
        withGpu(() => null),
        HOUR_S
      ).stoppedT
    ).toBeNull();
  });
});

describe('Run:ai (Scheduling rules: windows of 30 seconds)', () => {
  const withGpu = (util: (minute: number) => number | null) =>
    readingsOf(240, minute => ({ kernels: [makeKernel({ gpu: 'whole', gpu_util: util(minute) })] }));

  test('two windows a minute add up to the limit', () => {
    expect(
      runai(
        withGpu(() => 0),
        HOUR_S
      ).stoppedT
    ).toBe(HOUR_S);
  });

  test('one use within the limit begins the sum anew', () => {
    expect(
      runai(
        withGpu(minute => (minute === 59 ? 1 : 0)),
        HOUR_S
      ).stoppedT
    ).toBe(59 * MINUTE_S + HOUR_S);
  });

  test('what has no GPU is never idle; a GPU that cannot be measured adds nothing', () => {
    expect(
      runai(
        readingsOf(240, () => ({ kernels: [makeKernel()] })),
        HOUR_S
      ).stoppedT
    ).toBeNull();
    expect(
      runai(
        withGpu(() => null),
        HOUR_S
      )
    ).toEqual({ stoppedT: null, unknown: 241, readings: 241 });
  });
});
