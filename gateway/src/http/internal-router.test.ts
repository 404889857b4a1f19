import { once } from 'node:events';
import { scriptedPlatform } from './testing/scripted-platform.js';
import { serve } from './testing/served.js';

test('a lease speaks at once and at each heartbeat, and closing it lets the gateway end after the linger', async () => {
  let onUnused = (): void => undefined;
  const unused = new Promise<void>(resolve => (onUnused = resolve));
  const served = await serve(scriptedPlatform(), { onUnused: () => onUnused() });
  const lease = await served.open({ path: '/internal/lease' });
  expect(String((await once(lease, 'data'))[0])).toBe('\n');
  served.timers.advance(15_000);
  expect(String((await once(lease, 'data'))[0])).toBe('\n');
  served.timers.advance(3_600_000);
  expect((await served.send({ path: '/internal/health' })).json()).toMatchObject({ leases: 1 });

  lease.destroy();
  await untilLeases(served, 0);
  served.timers.advance(3_000);
  await unused;
  await served.close();
});

/** Each look is a round trip, so this waits for the server and not for time. */
async function untilLeases(served: Awaited<ReturnType<typeof serve>>, want: number): Promise<void> {
  while ((await served.send({ path: '/internal/health' })).json<{ leases: number }>().leases !== want);
}
