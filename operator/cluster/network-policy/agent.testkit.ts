/**
 * One machine of `lab.testkit.ts`, as a process in its network namespace: it answers on some ports and tries those of others.
 * Requests and answers are lines of JSON on stdin and stdout, one at a time. It ends with its stdin.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Probe {
  readonly protocol: 'TCP' | 'UDP';
  readonly address: string;
  readonly port: number;
}
export type Request =
  | { readonly do: 'try'; readonly probes: readonly Probe[] }
  | { readonly do: 'open'; readonly address: string; readonly port: number }
  | { readonly do: 'echo' };

const TCP_PORTS = [53, 80, 81, 82, 6443];
const UDP_PORT = 53;
/** What a way that is shut costs, as its packets are dropped. */
const PATIENCE_MS = 300;

let opened: Socket | undefined;
/** UDP has no connections: a port that was used within half a minute would belong to one that was allowed then. */
let unusedPort = 20_000;

for (const port of TCP_PORTS) {
  const server = createServer(socket => socket.on('error', () => undefined).pipe(socket));
  await once(server.listen(port, '0.0.0.0'), 'listening');
}
const udp = createSocket('udp4');
udp.on('message', (message, { address, port }) => udp.send(message, port, address));
udp.bind(UDP_PORT, '0.0.0.0');
await once(udp, 'listening');
tell(true);

for await (const line of createInterface({ input: process.stdin })) tell(await answer(JSON.parse(line) as Request));
process.exit(0);

function tell(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

async function answer(request: Request): Promise<unknown> {
  if (request.do === 'try') {
    return Promise.all(request.probes.map(probe => (probe.protocol === 'TCP' ? isOpen(probe) : isAnswered(probe))));
  }
  if (request.do === 'open') {
    opened = connect(request.port, request.address);
    await once(opened, 'connect');
    return true;
  }
  if (opened === undefined) throw new Error('open a connection first');
  opened.write('?');
  return Promise.race([once(opened, 'data').then(() => true), sleep(PATIENCE_MS, false)]);
}

async function isOpen({ address, port }: Probe): Promise<boolean> {
  const socket = connect(port, address);
  const connected = once(socket, 'connect').then(
    () => true,
    () => false
  );
  const result = await Promise.race([connected, sleep(PATIENCE_MS, false)]);
  socket.on('error', () => undefined).destroy();
  return result;
}

async function isAnswered({ address, port }: Probe): Promise<boolean> {
  const socket = createSocket('udp4').bind(unusedPort++);
  socket.send('?', port, address);
  const result = await Promise.race([once(socket, 'message').then(() => true), sleep(PATIENCE_MS, false)]);
  socket.close();
  return result;
}
