/** Where each agent is: all of 127.0.0.0/8 is this machine. */
export const READ_EVERY_S = 15;
/** What an agent keeps. */
export const RING_S = 7_200;

const FIRST = 127 * 2 ** 24 + 64 * 2 ** 16;

export function addressOf(index: number): string {
  const address = FIRST + index;
  return [24, 16, 8, 0].map(shift => Math.floor(address / 2 ** shift) % 256).join('.');
}

export function indexOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0) - FIRST;
}
