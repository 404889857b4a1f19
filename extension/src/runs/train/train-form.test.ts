import { makeEnvironment, makeOffer } from '../../testing/gateway.testkit.js';
import { initialForm, sortProblems, toSubmission, typingProblems, withField, type ITrainForm } from './train-form.js';

const OFFERS = [makeOffer('gpu', { slots: 4, mostSlots: 1 }), makeOffer('cpu', { slots: 8 })];
const ENVIRONMENTS = [makeEnvironment('vision'), makeEnvironment('default')];
const form = (changes: Partial<ITrainForm> = {}): ITrainForm => ({
  ...initialForm(null, OFFERS, ENVIRONMENTS, 2),
  ...changes
});

test('a notebook that was never trained opens ready to go', () => {
  expect(form()).toMatchObject({ processes: '2', offer: 'cpu', environment: 'default', framework: 'torchrun' });
});

test('no more processes than one run can have of the offer, whatever it has slots', () => {
  expect(initialForm(null, [makeOffer('cpu', { slots: 4, mostSlots: 1 })], ENVIRONMENTS, 2).processes).toBe('1');
});

test.each([
  { environment: 'vision', last: 'default', want: 'vision' },
  { environment: 'gone', last: 'vision', want: 'vision' },
  { environment: null, last: 'vision', want: 'vision' },
  { environment: null, last: 'gone', want: 'default' }
])(
  'the environment of pin or kernel ($environment) goes before the last one ($last)',
  ({ environment, last, want }) => {
    const choice = { processes: '1', offer: 'cpu', environment: last, framework: 'torchrun' } as const;
    expect(initialForm(choice, OFFERS, ENVIRONMENTS, 2, environment).environment).toBe(want);
  }
);

test('what was used last is there again, as far as it exists', () => {
  const last = { processes: '5', offer: 'gone', environment: 'vision', framework: 'torchrun' } as const;
  expect(initialForm(last, OFFERS, ENVIRONMENTS, 2)).toMatchObject({
    processes: '5',
    offer: 'cpu',
    environment: 'vision'
  });
});

test('one plain process is exactly one', () => {
  const plain = withField(form({ processes: '4' }), 'framework', 'process');
  expect(plain.processes).toBe('1');
});

test('the request has the units of the API', () => {
  const submission = toSubmission(form({ deadlineMin: '1.5', graceS: '30' }), 'a/b.ipynb', 'id-12345678');
  expect(submission).toEqual({
    notebook: 'a/b.ipynb',
    submissionId: 'id-12345678',
    framework: 'torchrun',
    processes: 2,
    offer: 'cpu',
    environment: 'default',
    priority: 0,
    graceMs: 30_000,
    deadlineMs: 90_000
  });
});

test('without a deadline there is none in the request', () => {
  expect(toSubmission(form(), 'b.ipynb', 'id-12345678')).not.toHaveProperty('deadlineMs');
});

test.each<{ changes: Partial<ITrainForm>; want: string[] }>([
  { changes: {}, want: [] },
  { changes: { processes: '' }, want: ['processes'] },
  { changes: { processes: '-1' }, want: ['processes'] },
  { changes: { processes: '1.5' }, want: ['processes'] },
  { changes: { deadlineMin: 'soon' }, want: ['deadlineMin'] },
  { changes: { deadlineMin: '-1' }, want: ['deadlineMin'] },
  { changes: { graceS: '1e9' }, want: ['graceS'] }
])('what is no number is refused at its field: $changes', ({ changes, want }) => {
  expect(Object.keys(typingProblems(form(changes)))).toEqual(want);
});

test('problems go to their fields, those of cells apart', () => {
  const sorted = sortProblems([
    { field: 'graceMs', message: 'too long' },
    { field: 'cell 3', message: '%%bash' }
  ]);
  expect(sorted.atField).toEqual({ graceS: 'too long' });
  expect(sorted.others).toEqual([{ field: 'cell 3', message: '%%bash' }]);
});
