import type { AgentSays, JudgeSays } from '@berth/operator/plan';
import type { ErrorBody } from '../contract/index.js';
import { scriptedPlatform } from './testing/scripted-platform.js';
import { serve, type Served } from './testing/served.js';

const SAYS: AgentSays = {
  version: 1,
  boot: 'boot-0001',
  nowMs: 1_000,
  readEveryMs: 15_000,
  readings: [{ seq: 1, t: 1, failed: 'the kernels could not be listed' }],
  snoozes: [],
  done: [],
  wish: null
};
const JUDGED: JudgeSays = {
  version: 1,
  judge: 'gateway',
  nowMs: 1_000,
  cursor: { boot: 'boot-0001', seq: 1 },
  nextInMs: 15_000,
  judgements: [],
  orders: [],
  snoozes: [],
  dryRun: false,
  enabled: true,
  problems: []
};

let served: Served;
afterEach(() => served.close());

const post = (body: unknown, headers = {}): ReturnType<Served['send']> =>
  served.send({ method: 'POST', path: '/internal/activity', body, headers });

async function refusalOf(body: unknown): Promise<unknown[]> {
  const answer = await post(body);
  const { code, problems } = answer.json<ErrorBody>();
  return [answer.status, code, problems?.map(({ field }) => field)];
}

test('what an agent has seen reaches the platform, and the answer the agent', async () => {
  const heard: unknown[] = [];
  served = await serve(
    scriptedPlatform({ judgeActivity: async (actor, says) => (heard.push(actor.name, says), JUDGED) })
  );
  expect((await post(SAYS)).json()).toEqual(JUDGED);
  expect(heard).toEqual(['ada', SAYS]);
});

test('an agent that lies is told which field is wrong, and nothing of it reaches the platform', async () => {
  served = await serve(scriptedPlatform());
  expect(await refusalOf({ ...SAYS, boot: '../x' })).toEqual([400, 'invalid-input', ['boot']]);
  expect(await refusalOf({ ...SAYS, nowMs: -1, version: 2 })).toEqual([400, 'invalid-input', ['version', 'nowMs']]);
  expect(await refusalOf({ ...SAYS, readings: [{ seq: 0, t: 1, failed: '' }] })).toEqual([
    400,
    'invalid-input',
    [expect.stringMatching(/^readings\.0/)]
  ]);
  expect(await refusalOf({ ...SAYS, done: ['a'.repeat(65)] })).toEqual([400, 'invalid-input', ['done.0']]);
  expect(await refusalOf({ ...SAYS, wish: { kernels: {} } })).toEqual([400, 'invalid-input', ['wish.kernels']]);
  expect(await refusalOf({ ...SAYS, more: 1 })).toEqual([400, 'invalid-input', ['more']]);
  expect((await post(SAYS, { authorization: 'Bearer wrong' })).status).toBe(401);
});

test('an agent that floods is cut off, but two hours of readings fit', async () => {
  served = await serve(scriptedPlatform({ judgeActivity: async () => JUDGED }));
  const long = { failed: 'x'.repeat(500), t: 1 };
  const many = (count: number): AgentSays => ({
    ...SAYS,
    readings: Array.from({ length: count }, (_, index) => ({ seq: index + 1, ...long }))
  });
  expect((await post(many(2_000))).status).toBe(200);
  expect(await refusalOf(many(2_001))).toEqual([400, 'invalid-input', ['readings']]);
  expect(await refusalOf(many(10_000))).toEqual([413, 'too-large', undefined]);
});

test('nobody asks it over the API that browsers reach', async () => {
  served = await serve(scriptedPlatform({ judgeActivity: async () => JUDGED }));
  expect((await served.send({ method: 'POST', path: '/api/v1/activity', body: SAYS })).status).toBe(404);
});
