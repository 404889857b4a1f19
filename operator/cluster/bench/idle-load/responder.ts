/**
 * `node responder.ts PORT`: the agents of all workspaces in one process, each at a loopback address of its own. What an agent says follows from its
 * address: every twentieth never answers, every twentieth forbids, the others have up to three kernels that compute, rest or wait, and
 * two hours of readings. Prints a line once it listens.
 */
import { createServer, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { indexOf, READ_EVERY_S, RING_S } from './addresses.ts';

interface Asked {
  readonly cursor: { readonly boot: string; readonly seq: number } | null;
}

const BEGAN_S = Date.now() / 1000 - RING_S;
const RING = RING_S / READ_EVERY_S;
const EVERY = 20;

const server = createServer((request, response) => {
  const index = indexOf(request.socket.localAddress ?? '');
  void text(request).then(body => answer(response, index, JSON.parse(body) as Asked));
});
server.listen(Number(process.argv[2]), '0.0.0.0', () => console.log('listens'));

function answer(response: ServerResponse, index: number, { cursor }: Asked): void {
  if (index % EVERY === 0) return; // heard, and never answered
  if (index % EVERY === 1) return void response.writeHead(403).end();
  const boot = `boot-of-${String(index).padStart(6, '0')}`;
  const last = Math.floor((Date.now() / 1000 - BEGAN_S) / READ_EVERY_S);
  const first = Math.max(cursor?.boot === boot ? cursor.seq + 1 : 1, last - RING + 1);
  const readings = Array.from({ length: Math.max(0, last - first + 1) }, (_, count) => reading(index, first + count));
  const says = { version: 1, boot, nowMs: Date.now(), readEveryMs: READ_EVERY_S * 1000, readings };
  response.end(JSON.stringify({ ...says, snoozes: [], done: [], wish: null }));
}

function reading(index: number, seq: number): object {
  const kernels = Array.from({ length: index % 4 }, (_, kernel) => kernelOf(index, kernel, seq));
  const terminals = index % 3 === 0 ? [{ name: '1' }] : [];
  const evidence = { kernels, processes: [], terminals, input_t: null, tabs: index % 5, leases: [] };
  return { seq, t: BEGAN_S + seq * READ_EVERY_S, evidence };
}

/** One in three computes all the time. */
function kernelOf(index: number, kernel: number, seq: number): object {
  const isBusy = (index + kernel) % 3 === 0;
  return {
    id: `kernel-${index}-${kernel}`,
    state: isBusy ? 'busy' : 'idle',
    path: `work-${kernel}.ipynb`,
    name: `work-${kernel}.ipynb`,
    cpu_s: 1 + index + (isBusy ? seq * READ_EVERY_S * 0.9 : 0),
    executions: 1,
    waits_input: false,
    input_t: null,
    gpu: 'none',
    gpu_util: null,
    gpu_mem_mib: null
  };
}
