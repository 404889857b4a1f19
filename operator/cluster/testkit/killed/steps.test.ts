import { stepOf } from './steps.js';

const CHILD = { metadata: { name: 'ws-lab' } };
const STATUS = {
  status: {
    conditions: [
      { type: 'HomeReady', reason: 'Bound' },
      { type: 'Ready', reason: 'Running' }
    ]
  }
};

test.each([
  ['PATCH', '/api/v1/namespaces/n/services/ws-lab?force=true', CHILD, 'PATCH services'],
  ['POST', '/api/v1/namespaces/n/pods?fieldManager=x', CHILD, 'POST pods'],
  ['DELETE', '/apis/networking.k8s.io/v1/namespaces/n/networkpolicies/ws-lab', {}, 'DELETE networkpolicies'],
  ['PATCH', '/apis/berth.dev/v1alpha1/namespaces/n/workspaces/lab/status?force=true', STATUS, 'status Running']
])('%s %s is a step of its workspace', (method, path, body, step) => {
  expect(stepOf({ by: 'one', method, path, body })).toEqual({ workspace: 'n/lab', step });
});

test('an event is none', () => {
  const path = '/apis/events.k8s.io/v1/namespaces/n/events';
  expect(stepOf({ by: 'one', method: 'POST', path, body: CHILD })).toBeUndefined();
});
