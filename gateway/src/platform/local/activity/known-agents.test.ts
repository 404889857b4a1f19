import { doneOrders, KnownAgents } from './known-agents.js';

const known = (agents: KnownAgents, boot: string, nowMs = 0): boolean => {
  const agent = agents.hear(boot, nowMs);
  const { isAsked } = agent;
  agent.isAsked = true;
  return isAsked;
};

test('agents that say a new name each time do not fill the memory: who was heard longest ago is forgotten', () => {
  const agents = new KnownAgents();
  for (let count = 0; count < 32; count += 1) known(agents, `boot-${count}`);
  expect(known(agents, 'boot-0')).toBe(true);
  expect(known(agents, 'boot-new')).toBe(false);
  expect(known(agents, 'boot-0')).toBe(true);
  expect(known(agents, 'boot-1')).toBe(false);
});

test('an agent that has gone silent is forgotten, one that slept as long as this machine is not', () => {
  const agents = new KnownAgents();
  known(agents, 'silent');
  known(agents, 'other');
  expect(known(agents, 'other', 4_000_000)).toBe(true);
  expect(known(agents, 'silent', 4_000_000)).toBe(false);
});

test('orders that were done are remembered when they are no longer told, the newest of very many', () => {
  const done = doneOrders(new Set(['a']), ['b']);
  expect([...doneOrders(done, [])]).toEqual(['a', 'b']);
  const many = Array.from({ length: 1_000 }, (_, index) => `order-${index}`);
  expect(doneOrders(done, many).has('a')).toBe(false);
});
