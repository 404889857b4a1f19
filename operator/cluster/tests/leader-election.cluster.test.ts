/** Of several processes one leads, whatever is done to them, as the real API server saw it. */
import { withCluster } from '../testkit/with-cluster.js';
import { DURATION_MS, ElectedWriters, type Writer } from './elected-writers.testkit.js';

const cluster = withCluster({ profile: 'node' });
let writers: ElectedWriters;

beforeAll(async () => {
  writers = await ElectedWriters.create(cluster.kubectl, cluster.namespace);
}, 60_000);

afterAll(() => writers.close(), 60_000);

/** One that leads and writes, and one that stands by, on a lease of their own. */
async function pair(lease: string): Promise<{ readonly leader: Writer; readonly standby: Writer }> {
  const leader = writers.start(lease, `${lease}-1`);
  await writers.untilWrites(leader);
  const standby = writers.start(lease, `${lease}-2`);
  await standby.untilSays('another leads');
  return { leader, standby };
}

cluster.test('one that is stopped loses its place, and ends without a write when it goes on', async () => {
  const { leader, standby } = await pair('stopped');
  leader.signal('SIGSTOP');
  await writers.untilWrites(standby);
  leader.signal('SIGCONT');
  expect(await leader.untilEnded()).toBe(1);
  expect(leader.said).toContain('leadership is lost: this process ends');
  expect(await writers.turns(leader, standby)).toEqual([leader.name, standby.name]);
  expect((await writers.lease('stopped'))?.spec.holderIdentity).toBe(standby.name);
});

cluster.test('one that is told to end gives the lease back, and the next need not wait for it to run out', async () => {
  const { leader, standby } = await pair('told');
  const before = await writers.lease('told');
  leader.signal('SIGTERM');
  expect(await leader.untilEnded()).toBe(0);
  expect(leader.said.slice(-2)).toEqual(['has given the lease back', 'has ended as it was told']);
  await writers.untilWrites(standby);
  const after = await writers.lease('told');
  const waitedMs = Date.parse(after?.spec.acquireTime ?? '') - Date.parse(before?.spec.renewTime ?? '');
  expect(waitedMs).toBeLessThan(DURATION_MS);
  expect(await writers.turns(leader, standby)).toEqual([leader.name, standby.name]);
});

cluster.test('one that is killed is followed by another, and its name in the lease does not matter', async () => {
  const { leader, standby } = await pair('killed');
  leader.signal('SIGKILL');
  await writers.untilWrites(standby);
  expect(await writers.turns(leader, standby)).toEqual([leader.name, standby.name]);
});

cluster.test(
  'the API server goes and comes back: one leads again, and none of those before wrote after it',
  async () => {
    const { leader, standby } = await pair('away');
    await cluster.faults.kill('apiserver');
    expect(await leader.untilEnded()).toBe(1);
    const again = writers.start('away', 'away-3'); // as the kubelet would
    await again.untilSays('the lease cannot be read or written');
    await cluster.faults.start('apiserver');
    await cluster.until('one of them leads', async () => [standby, again].some(({ said }) => said.includes('leads')));
    const next = standby.said.includes('leads') ? standby : again;
    await writers.untilWrites(next);
    expect(await writers.turns(leader, standby, again)).toEqual([leader.name, next.name]);
    expect([standby, again].filter(({ exitCode }) => exitCode !== undefined)).toEqual([]);
  }
);

cluster.test('what it says to people is an Event that the API server takes', async () => {
  const { leader } = await pair('says');
  expect(leader.said).not.toContain('an event could not be sent');
  const text = await cluster.kubectl.run(['get', 'events.events.k8s.io', '-o', 'json']);
  const { items } = JSON.parse(text) as { items: Record<string, unknown>[] };
  expect(items.find(({ reportingInstance }) => reportingInstance === leader.name)).toMatchObject({
    reportingController: 'berth.dev/operator',
    reason: 'Led',
    action: 'Led',
    note: `${leader.name} leads.`,
    regarding: { kind: 'ConfigMap', namespace: cluster.namespace, name: `${leader.name}-1` }
  });
});
