/**
 * Decides what the agent is told to do. An order is derived anew each time from what is due: it is repeated for as long as it
 * stands, also by the next gateway, always under one id, and it is no longer given once the kernel has become active. So
 * an answer that is lost releases nothing twice, and nothing that somebody has begun to use again.
 */
import { createHash } from 'node:crypto';
import type { Due, Order } from '@berth/operator/plan';

const ID_CHARACTERS = 32;

/** One order for each kernel that is due, but for those that were carried out. */
export function releaseOrders(boot: string, due: readonly Due[], done: ReadonlySet<string>): Order[] {
  const orders = due.flatMap(({ subject, why, signals, atMs, announcedMs }): Order[] => {
    if (subject.kind !== 'kernel') return [];
    const id = orderId(boot, subject.id, announcedMs);
    return [{ id, kind: 'release', kernel: subject.id, atMs, why, signals: [...signals] }];
  });
  return orders.filter(({ id }) => !done.has(id));
}

/** One for each life of an agent, kernel and announcement. */
function orderId(boot: string, kernel: string, announcedMs: number): string {
  const digest = createHash('sha256').update([boot, kernel, String(announcedMs)].join('\n'));
  return digest.digest('hex').slice(0, ID_CHARACTERS);
}
