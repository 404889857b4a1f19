import { blocksInRoutes, checkCount, checkName, checkProfile, freeBlock, includes } from './spec.js';

test.each(['Dev', '-dev', 'dev-', 'a/b', '..', '', 'a'.repeat(21)])(
  '%p cannot name a folder, a cgroup and a context',
  name => {
    expect(() => checkName(name)).toThrow(/cannot be the name of a cluster: at most 20/);
  }
);

test('a name that was typed right is taken as it is', () => {
  expect(checkName('dev-2')).toBe('dev-2');
});

test('a profile that is none is answered with those that there are', () => {
  expect(() => checkProfile('full')).toThrow("there is no profile 'full'; there are: api, node, queue");
});

test.each(['-1', '1.5', 'many', '5001'])('%p simulated nodes are refused before anything is made', text => {
  expect(() => checkCount(text)).toThrow(/a whole number from 0 to 5000/);
});

test('a profile holds those before it and not those after it', () => {
  expect(includes('queue', 'api')).toBe(true);
  expect(includes('api', 'node')).toBe(false);
});

test('a network that a route of this machine leads into is not taken for a cluster', () => {
  const routes = 'default via 10.129.0.1 dev eth0\n10.130.4.0/24 dev docker0 scope link\n192.168.10.131.0/24';
  expect(freeBlock(blocksInRoutes(routes))).toBe(131);
});

test('when every network is taken that is said, with what to do', () => {
  const all = new Set(Array.from({ length: 256 }, (_, block) => block));
  expect(() => freeBlock(all)).toThrow(/is in use: end a cluster/);
});
