import { readOperatorConfig } from './operator-config.js';

const KEY = 'k'.repeat(32);
const GOOD = { BERTH_NAMESPACE: 'berth-system', POD_NAME: 'berth-operator-0', BERTH_AGENT_KEY: KEY };

test('what is not said has its default, and the catalogue is where the operator is', () => {
  expect(readOperatorConfig(GOOD)).toEqual({
    namespace: 'berth-system',
    catalogueNamespace: 'berth-system',
    identity: 'berth-operator-0',
    agentKey: KEY,
    idlePolicy: {},
    workers: 16,
    healthPort: 8081,
    logLevel: 'info'
  });
});

test('every bad setting is named at once, with what would be right', () => {
  const bad = {
    BERTH_NAMESPACE: 'No Namespace',
    BERTH_WORKSPACE_UID: '0',
    BERTH_AGENT_KEY: 'guessed',
    BERTH_IDLE_POLICY: '{"enabled": "no", "workspace": {"hardSeconds": -1}}',
    BERTH_WORKERS: '1e3',
    BERTH_LOG_LEVEL: 'loud'
  };
  expect(() => readOperatorConfig(bad)).toThrow(
    [
      'invalid configuration',
      '  BERTH_NAMESPACE=No Namespace: want the name of a namespace',
      '  BERTH_CATALOGUE_NAMESPACE=: want the name of a namespace',
      '  POD_NAME=: want the name of this pod',
      '  BERTH_WORKSPACE_UID=0: want an integer in [1, 2147483647]',
      '  BERTH_AGENT_KEY: want at least 32 random characters',
      '  BERTH_IDLE_POLICY: enabled is "no"; want true or false',
      '  BERTH_IDLE_POLICY: workspace.hardSeconds is -1; want a whole number of seconds from 1 to 31622400, or null for never',
      '  BERTH_WORKERS=1e3: want an integer in [1, 256]',
      '  BERTH_LOG_LEVEL=loud: want one of error, warn, info, debug'
    ].join('\n')
  );
});

test('the idle policy is JSON, in which a limit of 0 is none', () => {
  const policy = { enabled: true, workspace: { softSeconds: 0, hardSeconds: 60 }, snooze: { budgetSeconds: 0 } };
  expect(readOperatorConfig({ ...GOOD, BERTH_IDLE_POLICY: JSON.stringify(policy) }).idlePolicy).toEqual({
    ...policy,
    workspace: { softSeconds: null, hardSeconds: 60 }
  });
  expect(() => readOperatorConfig({ ...GOOD, BERTH_IDLE_POLICY: '{' })).toThrow(
    /BERTH_IDLE_POLICY: want a JSON object/
  );
});

test('a key that is wrong is not written into the log', () => {
  expect(() => readOperatorConfig({ ...GOOD, BERTH_AGENT_KEY: 'a-short-key' })).toThrow(/^(?!.*a-short-key)/s);
});
