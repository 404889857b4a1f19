/** What a test cluster is: its profile and its addresses. Pure. */

/** Each profile holds everything that those before it hold. */
export const PROFILES = ['api', 'node', 'queue'] as const;
export type Profile = (typeof PROFILES)[number];

/** Addresses that processes of the control plane listen on and are found at. */
export interface Addresses {
  /** Of the one real node; API server, DNS and the gateway of the pods too. */
  readonly node: string;
  readonly apiPort: number;
  readonly etcdPort: number;
  readonly etcdPeerPort: number;
  readonly controllerManagerPort: number;
  readonly schedulerPort: number;
  readonly kwokPort: number;
  /** CIDR blocks; pods and services of a cluster of profile `api` are never reached. */
  readonly pods: string;
  readonly services: string;
  /** The Service `kubernetes`. */
  readonly apiService: string;
}

export interface ClusterSpec {
  readonly name: string;
  readonly profile: Profile;
  /** How many simulated GPU nodes there are beside the real one. */
  readonly kwok: number;
  /** Second number of the cluster's 10.x.0.0/16; absent where it has no network of its own. */
  readonly block?: number;
  readonly addresses: Addresses;
}

export const NODE = 'node1';
const NAME = /^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/;

/** The first and the last 10.x.0.0/16 that clusters take. */
const BLOCKS = { first: 129, last: 199 } as const;

export function includes(profile: Profile, part: Profile): boolean {
  return PROFILES.indexOf(profile) >= PROFILES.indexOf(part);
}

/** Throws an Error that says what would be right, for a name or profile that was typed in. */
export function checkName(name: string): string {
  if (NAME.test(name)) return name;
  throw new Error(
    `'${name}' cannot be the name of a cluster: at most 20 lower-case letters, digits and hyphens, a letter first`
  );
}

export function checkProfile(text: string): Profile {
  const profile = PROFILES.find(known => known === text);
  if (profile !== undefined) return profile;
  throw new Error(`there is no profile '${text}'; there are: ${PROFILES.join(', ')}`);
}

export function checkCount(text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= 0 && count <= 5_000) return count;
  throw new Error(`'${text}' is no number of simulated nodes: a whole number from 0 to 5000 is`);
}

/** The lowest block that neither a cluster nor a route of this machine uses. */
export function freeBlock(taken: ReadonlySet<number>): number {
  for (let block = BLOCKS.first; block <= BLOCKS.last; block += 1) if (!taken.has(block)) return block;
  throw new Error(`every network from 10.${BLOCKS.first}.0.0/16 to 10.${BLOCKS.last}.0.0/16 is in use: end a cluster`);
}

/** Blocks that the routes of this machine already lead into (`ip -4 route`). */
export function blocksInRoutes(routes: string): Set<number> {
  return new Set([...routes.matchAll(/(?<![.\d])10\.(\d+)\./g)].map(([, block]) => Number(block)));
}

/** Of a cluster in namespaces of its own: ports are its own too, so they are the usual ones. */
export function ownAddresses(block: number): Addresses {
  const net = `10.${block}`;
  return {
    node: `${net}.1.1`,
    apiPort: 6443,
    etcdPort: 2379,
    etcdPeerPort: 2380,
    controllerManagerPort: 10257,
    schedulerPort: 10259,
    kwokPort: 10247,
    pods: `${net}.1.0/24`,
    services: `${net}.128.0/17`,
    apiService: `${net}.128.1`
  };
}

/** Of a control plane among the processes of this machine: on loopback, with ports that were free. */
export function loopbackAddresses(ports: readonly [number, number, number, number, number, number]): Addresses {
  const [apiPort, etcdPort, etcdPeerPort, controllerManagerPort, schedulerPort, kwokPort] = ports;
  return {
    node: '127.0.0.1',
    apiPort,
    etcdPort,
    etcdPeerPort,
    controllerManagerPort,
    schedulerPort,
    kwokPort,
    pods: '10.128.1.0/24',
    services: '10.128.128.0/17',
    apiService: '10.128.128.1'
  };
}
