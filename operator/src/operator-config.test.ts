import { readOperatorConfig } from './operator-config.js';

const GOOD = { BERTH_NAMESPACE: 'berth-system', POD_NAME: 'berth-operator-0' };

test('what is not said has its default, and the catalogue is where the operator is', () => {
  expect(readOperatorConfig(GOOD)).toEqual({
    namespace: 'berth-system',
    catalogueNamespace: 'berth-system',
    identity: 'berth-operator-0',
    workers: 16,
    healthPort: 8081,
    logLevel: 'info'
  });
});

test('every bad setting is named at once, with what would be right', () => {
  const bad = {
    BERTH_NAMESPACE: 'No Namespace',
    BERTH_WORKSPACE_UID: '0',
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
      '  BERTH_WORKERS=1e3: want an integer in [1, 256]',
      '  BERTH_LOG_LEVEL=loud: want one of error, warn, info, debug'
    ].join('\n')
  );
});
