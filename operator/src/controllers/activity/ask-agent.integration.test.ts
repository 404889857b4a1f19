/** Exchanges with agents that are not what they should be. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { FakeClock, settled } from '../../runtime/fake-clock.testkit.js';
import type { JudgeSays } from '../../plan/activity/index.js';
import { AGENT_PORT } from '../workspace/children.js';
import { type Mood, TestAgent } from './agent.testkit.js';
import { askAgent, type ExchangeFailure } from './ask-agent.js';

const HOST = '127.92.0.1';
const NOBODY = '127.92.0.2';
const SAYS: JudgeSays = {
  version: 1,
  judge: 'operator',
  nowMs: 0,
  cursor: null,
  nextInMs: 0,
  judgements: [],
  orders: [],
  snoozes: [],
  dryRun: false,
  enabled: true,
  problems: []
};

let agent: TestAgent;
beforeEach(async () => (agent = await TestAgent.start(HOST, () => 0)));
afterEach(() => agent.end());

const forever = new AbortController().signal;
const ask = (host = HOST, signal = forever, clock = new FakeClock()) =>
  askAgent({ host, port: AGENT_PORT, token: 'a-token' }, SAYS, signal, clock);

test('what it says is heard, with the readings after the last that we have', async () => {
  for (let count = 0; count < 3; count += 1) agent.read();
  const { says, bytes } = await ask();
  expect(says).toMatchObject({ version: 1, readings: [{ seq: 1 }, { seq: 2 }, { seq: 3 }] });
  expect(bytes).toBe(JSON.stringify(says).length);
  expect(agent.heard).toMatchObject([{ authorization: 'Bearer a-token', says: SAYS }]);
});

test.each<[Mood, ExchangeFailure]>([
  ['forbids', 'forbidden'],
  ['fails', 'status'],
  ['floods', 'too-large'],
  ['babbles', 'malformed'],
  ['lies', 'malformed']
])('an agent that %s has failed: %s', async (mood, why) => {
  agent.mood = mood;
  await expect(ask()).rejects.toMatchObject({ name: 'ExchangeError', why });
});

test('nobody there is as much as no answer', async () => {
  await expect(ask(NOBODY)).rejects.toMatchObject({ why: 'unreachable' });
});

test('one that hears and does not answer is given five seconds', async () => {
  agent.mood = 'silent';
  const clock = new FakeClock();
  const asked = ask(HOST, forever, clock);
  const failed = expect(asked).rejects.toMatchObject({ why: 'timeout', message: expect.stringContaining('5 s') });
  while (agent.heard.length === 0) await settled();
  await clock.advance(5_000);
  await failed;
});

test('an operator that ends waits for no agent, and does not blame it', async () => {
  agent.mood = 'silent';
  const ends = new AbortController();
  const asked = ask(HOST, ends.signal);
  const failed = expect(asked).rejects.toThrow('the operator ends');
  while (agent.heard.length === 0) await settled();
  ends.abort(new Error('the operator ends'));
  await failed;
});
