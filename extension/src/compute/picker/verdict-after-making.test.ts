import type { Verdict } from '@berth/gateway/contract';
import { nullTranslator } from '@jupyterlab/translation';
import { makeEnvironment } from '../../testing/gateway.testkit.js';
import { verdictAfterMaking } from './verdict-after-making.js';

const trans = nullTranslator.load('jupyterlab_berth');
const MISSING = { field: 'environment', message: 'It is not here.' };
const TOO_MANY = { field: 'count', message: 'At most 4.' };
const never = (...problems: Verdict['problems']) => ({
  verdict: { verdict: 'never' as const, message: 'No.', position: null, problems, warnings: [], bundle: null },
  error: null,
  pending: false
});
const absent = makeEnvironment('vision', { state: 'absent' });

test('an environment that Apply makes is no reason against Apply', () => {
  expect(verdictAfterMaking(never(MISSING), absent, trans).verdict).toMatchObject({
    verdict: 'wait',
    message: 'The environment vision is made first; then the compute is asked for.',
    problems: []
  });
});

test('what else is wrong stays wrong', () => {
  const { verdict } = verdictAfterMaking(never(MISSING, TOO_MANY), absent, trans);
  expect(verdict).toMatchObject({ verdict: 'never', message: 'At most 4.', problems: [TOO_MANY] });
});

test.each([
  { name: 'it is ready', environment: makeEnvironment('vision'), state: never(MISSING) },
  { name: 'there is none of this name', environment: undefined, state: never(MISSING) },
  { name: 'something else is the reason', environment: absent, state: never(TOO_MANY) },
  { name: 'nothing is known yet', environment: absent, state: { verdict: null, error: null, pending: true } }
])('a verdict stays as it is where making would not help: $name', ({ environment, state }) => {
  expect(verdictAfterMaking(state, environment, trans)).toBe(state);
});
