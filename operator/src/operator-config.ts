/** What the operator is told by its environment. Only main.ts reads it. */
import { withNever } from './controllers/activity/policy-part.js';
import { type PolicyPart, readPolicyPart } from './plan/activity/index.js';
import { LOG_LEVELS, type LogLevel } from './runtime/log.js';

export interface OperatorConfig {
  /** Its own namespace: the lease is there, and the platform's pods. */
  readonly namespace: string;
  readonly catalogueNamespace: string;
  /** By which the lease says who leads. */
  readonly identity: string;
  /** Whom workspaces run as; absent: whom their image says. */
  readonly workspaceUid?: number;
  /** What the tokens of the agents beside JupyterLab are made from. */
  readonly agentKey: string;
  /** On top of what is built in. */
  readonly idlePolicy: PolicyPart;
  readonly workers: number;
  readonly healthPort: number;
  readonly logLevel: LogLevel;
}

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const LARGEST_UID = 2_147_483_647;
/** In a shorter one there is too little chance. */
const SHORTEST_KEY = 32;

/** Reads every setting, then throws one error that names every bad one. */
export function readOperatorConfig(env: Readonly<Record<string, string | undefined>>): OperatorConfig {
  const problems: string[] = [];
  const text = (
    name: string,
    fallback: string | undefined,
    isGood: (value: string) => boolean,
    want: string
  ): string => {
    const value = env[name] ?? fallback;
    if (value !== undefined && isGood(value)) return value;
    problems.push(`${name}=${value ?? ''}: want ${want}`);
    return '';
  };
  const integer = (name: string, fallback: string | undefined, min: number, max: number): number => {
    const isGood = (value: string): boolean => /^[0-9]+$/.test(value) && Number(value) >= min && Number(value) <= max;
    return Number(text(name, fallback, isGood, `an integer in [${min}, ${max}]`));
  };
  const namespaceName = (name: string, fallback?: string): string =>
    text(name, fallback, value => DNS_LABEL.test(value), 'the name of a namespace');
  const namespace = namespaceName('BERTH_NAMESPACE');
  const uid = env['BERTH_WORKSPACE_UID'];
  const isLevel = (value: string): boolean => LOG_LEVELS.some(level => level === value);
  const config: OperatorConfig = {
    namespace,
    catalogueNamespace: namespaceName('BERTH_CATALOGUE_NAMESPACE', namespace),
    identity: text('POD_NAME', undefined, value => value !== '' && value.length <= 253, 'the name of this pod'),
    ...(uid !== undefined && uid !== '' && { workspaceUid: integer('BERTH_WORKSPACE_UID', undefined, 1, LARGEST_UID) }),
    agentKey: secret(env, 'BERTH_AGENT_KEY', problems),
    idlePolicy: idlePolicy(env, 'BERTH_IDLE_POLICY', problems),
    workers: integer('BERTH_WORKERS', '16', 1, 256),
    healthPort: integer('BERTH_HEALTH_PORT', '8081', 0, 65_535),
    logLevel: text('BERTH_LOG_LEVEL', 'info', isLevel, `one of ${LOG_LEVELS.join(', ')}`) as LogLevel
  };
  if (problems.length > 0) throw new Error(`invalid configuration\n  ${problems.join('\n  ')}`);
  return config;
}

/** It is in no message, whatever is wrong with it. */
function secret(env: Readonly<Record<string, string | undefined>>, name: string, problems: string[]): string {
  const value = env[name] ?? '';
  if (value.length < SHORTEST_KEY) problems.push(`${name}: want at least ${SHORTEST_KEY} random characters`);
  return value;
}

/** JSON; 0 is "never" where it is a limit, as in a ComputeClass: values of a chart cannot be null. */
function idlePolicy(env: Readonly<Record<string, string | undefined>>, name: string, problems: string[]): PolicyPart {
  let value: unknown;
  try {
    value = JSON.parse(env[name] ?? '{}');
  } catch {
    problems.push(`${name}: want a JSON object`);
    return {};
  }
  const read = readPolicyPart(withNever(value), name);
  if ('part' in read) return read.part;
  problems.push(...read.problems);
  return {};
}
