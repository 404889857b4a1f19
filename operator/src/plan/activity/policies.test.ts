/** Policies: what each layer may say, and what is wrong with what somebody wrote. */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { CLUSTER_POLICY, LOCAL_POLICY, PolicyPart, type ActivityPolicy } from './activity-policy.js';
import { mergePolicies } from './merge-policies.js';
import { readPolicyPart } from './policy-problems.js';

describe('layers', () => {
  test('a later one says it over an earlier one, and whose word it is is known', () => {
    const { policy, sources } = mergePolicies(CLUSTER_POLICY, [
      { layer: 'platform', part: { kernel: { hardSeconds: 7_200 }, warnSeconds: 60 } },
      { layer: 'class', part: { kernel: { hardSeconds: null, softSeconds: 600 } } },
      { layer: 'team', part: { warnSeconds: 120 } }
    ]);
    expect(policy).toEqual({ ...CLUSTER_POLICY, kernel: { softSeconds: 600, hardSeconds: null }, warnSeconds: 120 });
    expect(sources).toMatchObject({
      'kernel.hardSeconds': 'class',
      'kernel.softSeconds': 'class',
      warnSeconds: 'team',
      'workspace.hardSeconds': 'platform',
      enabled: 'platform'
    });
  });

  test('what the platform has switched off nobody switches on', () => {
    const { policy, sources } = mergePolicies(CLUSTER_POLICY, [
      { layer: 'platform', part: { enabled: false } },
      { layer: 'class', part: { enabled: true } }
    ]);
    expect([policy.enabled, sources.enabled]).toEqual([false, 'platform']);
  });

  test('a person can be stricter', () => {
    const part = { kernel: { hardSeconds: 1_800 }, snooze: { budgetSeconds: 600 } };
    const { policy, sources } = mergePolicies(LOCAL_POLICY, [{ layer: 'person', part }]);
    expect([policy.kernel.hardSeconds, policy.snooze.budgetSeconds, sources['kernel.hardSeconds']]).toEqual([
      1_800,
      600,
      'person'
    ]);
  });

  test('whatever a person says, nothing is looser than without it', () => {
    const limit = fc.option(fc.integer({ min: 1, max: 100_000 }));
    const anyPart = fc.record(
      {
        enabled: fc.boolean(),
        dryRun: fc.boolean(),
        kernel: fc.record({ softSeconds: limit, hardSeconds: limit }, { requiredKeys: [] }),
        workspace: fc.record({ softSeconds: limit, hardSeconds: limit }, { requiredKeys: [] }),
        busyMaxSeconds: limit,
        unknownMaxSeconds: limit,
        warnSeconds: fc.nat(100_000),
        snooze: fc.record(
          {
            stepSeconds: fc.integer({ min: 1, max: 10_000 }),
            budgetSeconds: fc.nat(100_000),
            perSeconds: fc.integer({ min: 1, max: 100_000 })
          },
          { requiredKeys: [] }
        )
      },
      { requiredKeys: [] }
    );
    const ms = (value: number | null): number => value ?? Infinity;
    const strictness = ({ kernel, workspace, busyMaxSeconds, unknownMaxSeconds, snooze }: ActivityPolicy): number[] => [
      ms(kernel.softSeconds),
      ms(kernel.hardSeconds),
      ms(workspace.softSeconds),
      ms(workspace.hardSeconds),
      ms(busyMaxSeconds),
      ms(unknownMaxSeconds),
      snooze.stepSeconds,
      snooze.budgetSeconds,
      -snooze.perSeconds
    ];
    fc.assert(
      fc.property(anyPart, anyPart, (team, person) => {
        const { policy: without } = mergePolicies(CLUSTER_POLICY, [{ layer: 'team', part: team }]);
        const { policy: with_ } = mergePolicies(CLUSTER_POLICY, [
          { layer: 'team', part: team },
          { layer: 'person', part: person }
        ]);
        for (const [index, value] of strictness(with_).entries()) {
          expect(value).toBeLessThanOrEqual(strictness(without)[index] ?? NaN);
        }
        expect([with_.enabled, with_.dryRun, with_.warnSeconds]).toEqual([
          without.enabled,
          without.dryRun,
          without.warnSeconds
        ]);
      })
    );
  });
});

describe('what somebody wrote', () => {
  test('is read where it is right', () => {
    const part = { kernel: { softSeconds: 600, hardSeconds: null }, dryRun: true };
    expect(readPolicyPart(part, 'idle-policy.json')).toEqual({ part });
    expect(readPolicyPart({}, 'idle-policy.json')).toEqual({ part: {} });
  });

  test('has all its problems named at once: where, what, and what would be right', () => {
    const wrong = {
      kernel: { softSeconds: '1h', hardSecond: 3_600 },
      warnSeconds: -1,
      dry_run: true,
      hardSeconds: 7,
      snooze: { stepSeconds: 0.5 },
      workspace: 7,
      colour: 'red'
    };
    const read = readPolicyPart(wrong, 'idle-policy.json');
    const limit = 'a whole number of seconds from 1 to 31622400';
    expect('problems' in read && [...read.problems].sort()).toEqual([
      'idle-policy.json: colour is no setting; want one of enabled, dryRun, kernel, workspace, busyMaxSeconds, unknownMaxSeconds, warnSeconds, snooze',
      'idle-policy.json: dry_run is no setting; did you mean dryRun?',
      'idle-policy.json: hardSeconds is no setting; did you mean kernel.hardSeconds?',
      'idle-policy.json: kernel.hardSecond is no setting; did you mean kernel.hardSeconds?',
      `idle-policy.json: kernel.softSeconds is "1h"; want ${limit}, or null for never`,
      `idle-policy.json: snooze.stepSeconds is 0.5; want ${limit}`,
      'idle-policy.json: warnSeconds is -1; want a whole number of seconds from 0 to 31622400',
      'idle-policy.json: workspace is 7; want an object of settings'
    ]);
  });

  test.each([[null], [[]], ['off'], [3]])('is refused where it is no policy at all: %j', value => {
    expect(readPolicyPart(value, 'BERTH_IDLE_POLICY')).toEqual({
      problems: [`BERTH_IDLE_POLICY: it is ${JSON.stringify(value)}; want an object of settings`]
    });
  });

  test('some other file, whose every word is no setting, neither fills the page nor takes long to be named', () => {
    const read = readPolicyPart({ ['x'.repeat(60_000)]: 1 }, 'idle-policy.json');
    expect('problems' in read && read.problems).toEqual([
      expect.stringMatching(/^idle-policy.json: x{64}… is no setting; /)
    ]);
  });

  test('must not contradict itself', () => {
    const wrong = {
      kernel: { softSeconds: 200, hardSeconds: 100 },
      workspace: { softSeconds: 200, hardSeconds: 100 },
      snooze: { stepSeconds: 600, budgetSeconds: 300 }
    };
    const read = readPolicyPart(wrong, 'class a100');
    expect('problems' in read && read.problems).toEqual([
      'class a100: kernel.softSeconds is 200, more than kernel.hardSeconds, which is 100; want at most as much',
      'class a100: workspace.softSeconds is 200, more than workspace.hardSeconds, which is 100; want at most as much',
      'class a100: snooze.stepSeconds is 600, more than snooze.budgetSeconds, which is 300; want at most as much'
    ]);
    expect(readPolicyPart({ snooze: { stepSeconds: 600, budgetSeconds: 0 } }, 'class a100')).toHaveProperty('part');
  });

  test('never throws and never lets a wrong one through', () => {
    fc.assert(
      fc.property(fc.anything(), value => {
        const read = readPolicyPart(value, 'x');
        if ('part' in read) expect(PolicyPart.safeParse(read.part).success).toBe(true);
        else expect(read.problems.length).toBeGreaterThan(0);
      })
    );
  });
});
