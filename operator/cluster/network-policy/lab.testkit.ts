/**
 * A node with a bridge, pods on it and a machine outside, each a network namespace with an agent. Nothing of it is seen by
 * this machine: the links and rules belong to namespaces that end with their processes, the names to a mount of their own.
 */
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import path from 'node:path';
import type { Request } from './agent.testkit.ts';

export const NODE_ADDRESS = '10.129.1.1';
export const OUTSIDE_ADDRESS = '192.0.2.2';
/** Service addresses: TCP 80 is that of the first pod, TCP 443 the node's 6443, UDP 53 the node's. */
export const SERVICE_ADDRESS = '10.96.0.10';

/** Why there can be no lab here; undefined where there can. */
export function whyNoLab(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root';
  try {
    execFileSync('nft', ['--version']);
  } catch {
    return 'needs nft (package nftables)';
  }
  try {
    readFileSync('/proc/sys/net/bridge/bridge-nf-call-iptables');
  } catch {
    return 'needs the kernel module br_netfilter';
  }
  return undefined;
}

interface Agent {
  readonly process: ChildProcessWithoutNullStreams;
  readonly answers: AsyncIterator<string>;
  readonly lines: Interface;
}

export class Lab {
  readonly #node: Agent;
  readonly #agents = new Map<string, Agent>();

  private constructor(node: Agent) {
    this.#node = node;
    this.#agents.set(NODE_ADDRESS, node);
  }

  static async start(podAddresses: readonly string[]): Promise<Lab> {
    const lab = new Lab(await startAgent('unshare', ['--net', '--mount']));
    lab.#inside('sh', ['-ec', NODE_SETUP]);
    await Promise.all(podAddresses.map(address => lab.#plug(address, podSetup(address))));
    await lab.#plug(OUTSIDE_ADDRESS, OUTSIDE_SETUP);
    lab.#inside('nft', ['-f', '-'], servicesOf(podAddresses[0] ?? ''));
    return lab;
  }

  apply(rules: string): void {
    this.#inside('nft', ['-f', '-'], rules);
  }

  /** What the agent at an address answers. */
  async ask<T>(address: string, request: Request): Promise<T> {
    const agent = this.#agents.get(address);
    if (agent === undefined) throw new Error(`nobody is at ${address}`);
    agent.process.stdin.write(`${JSON.stringify(request)}\n`);
    return (await nextAnswer(agent)) as T;
  }

  async end(): Promise<void> {
    await Promise.all(
      [...this.#agents.values()].map(({ process: agent }) => {
        const ended = new Promise(resolve => agent.once('close', resolve));
        agent.stdin.end();
        return ended;
      })
    );
  }

  async #plug(address: string, setup: string): Promise<void> {
    this.#inside('sh', ['-ec', setup]);
    this.#agents.set(address, await startAgent('nsenter', [...this.#namespaces(), 'ip', 'netns', 'exec', address]));
  }

  #inside(command: string, args: readonly string[], input = ''): void {
    execFileSync('nsenter', [...this.#namespaces(), command, ...args], { input, stdio: ['pipe', 'ignore', 'inherit'] });
  }

  #namespaces(): string[] {
    return ['--target', String(this.#node.process.pid), '--net', '--mount'];
  }
}

async function startAgent(command: string, args: readonly string[]): Promise<Agent> {
  const program = path.join(import.meta.dirname, 'agent.testkit.ts');
  const child = spawn(command, [...args, process.execPath, program], {
    stdio: 'pipe',
    env: { PATH: process.env['PATH'] }
  });
  child.stderr.pipe(process.stderr);
  const lines = createInterface({ input: child.stdout });
  const agent = { process: child, lines, answers: lines[Symbol.asyncIterator]() };
  await nextAnswer(agent); // it listens
  return agent;
}

async function nextAnswer({ answers }: Agent): Promise<unknown> {
  const answer = await answers.next();
  if (answer.done === true) throw new Error('an agent has ended');
  return JSON.parse(answer.value) as unknown;
}

const NODE_SETUP = `
  mount -t tmpfs none /run
  ip link set lo up
  ip link add cbr0 type bridge
  ip address add ${NODE_ADDRESS}/24 dev cbr0
  ip link set cbr0 up
  mount -o remount,rw /proc/sys 2>/dev/null || true
  echo 1 >/proc/sys/net/ipv4/ip_forward
  echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables
`;

const OUTSIDE_SETUP = `
  ip netns add ${OUTSIDE_ADDRESS}
  ip link add uplink type veth peer name eth0 netns ${OUTSIDE_ADDRESS}
  ip address add 192.0.2.1/24 dev uplink
  ip link set uplink up
  ip -n ${OUTSIDE_ADDRESS} address add ${OUTSIDE_ADDRESS}/24 dev eth0
  ip -n ${OUTSIDE_ADDRESS} link set eth0 up
  ip -n ${OUTSIDE_ADDRESS} route add default via 192.0.2.1
`;

/** As the CNI plug-in bridge does it, with hairpinMode. */
function podSetup(address: string): string {
  const link = `veth${address.split('.').at(-1)}`;
  return `
    ip netns add ${address}
    ip link add ${link} type veth peer name eth0 netns ${address}
    ip link set ${link} master cbr0 up
    bridge link set dev ${link} hairpin on
    ip -n ${address} address add ${address}/24 dev eth0
    ip -n ${address} link set lo up
    ip -n ${address} link set eth0 up
    ip -n ${address} route add default via ${NODE_ADDRESS}
  `;
}

/** As kube-proxy does it: a pod that reaches itself is given another source. */
function servicesOf(pod: string): string {
  return `
    table ip services {
      chain prerouting {
        type nat hook prerouting priority dstnat
        ip daddr ${SERVICE_ADDRESS} tcp dport 80 dnat to ${pod}:80
        ip daddr ${SERVICE_ADDRESS} tcp dport 443 dnat to ${NODE_ADDRESS}:6443
        ip daddr ${SERVICE_ADDRESS} udp dport 53 dnat to ${NODE_ADDRESS}:53
      }
      chain postrouting {
        type nat hook postrouting priority srcnat
        ip saddr ${pod} ip daddr ${pod} masquerade
      }
    }
  `;
}
