/** An API server that knows the custom resources and has nobody who acts on them; and many objects in one go. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from '../../../scripts/command.ts';
import { waitUntil } from '../../../scripts/wait-until.ts';
import { ensureBinaries } from '../binaries/build.ts';
import { down, kubectlOf, up } from '../cluster.ts';
import type { Kubectl } from '../kubectl.ts';
import { checkName } from '../spec.ts';
import { TEST_CLUSTER } from '../testkit/with-cluster.ts';

export interface Named {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

export interface ControlPlane {
  readonly kubectl: Kubectl;
  /** The names of the definitions that it was given. */
  readonly definitions: readonly string[];
}

const NAME = checkName(`${TEST_CLUSTER.slice(0, 16)}-api`);
const NAMESPACE = 'people';
const DEFINITIONS = path.join(ROOT, 'operator/chart/templates/crds');
const KINDS = 'workspaces,environments,computeclasses';
const LONGEST_START_MS = 600_000;
const silent = (): void => undefined;

/**
 * A cluster of its own, with a control plane alone: on the one that tests share, an operator may act on what is written
 * here, and Helm would not take over definitions that it has not made.
 */
export function withControlPlane(): ControlPlane {
  let kubectl: Kubectl | undefined;
  let definitions: readonly string[] = [];
  beforeAll(async () => {
    await down(NAME, silent);
    await up({ name: NAME, profile: 'api' }, silent);
    const admin = kubectlOf(NAME, await ensureBinaries(silent));
    await admin.run(['create', 'namespace', NAMESPACE]);
    kubectl = admin.in(NAMESPACE);
    definitions = await applyDefinitions(kubectl);
  }, LONGEST_START_MS);
  afterAll(() => down(NAME, silent), LONGEST_START_MS);
  return {
    get kubectl() {
      if (kubectl === undefined) throw new Error('the API server is there once the first test runs');
      return kubectl;
    },
    get definitions() {
      return definitions;
    }
  };
}

/** Applies the definitions as the chart has them, and waits until they are served. */
async function applyDefinitions(kubectl: Kubectl): Promise<string[]> {
  const files = await readdir(DEFINITIONS);
  for (const file of files) await kubectl.apply(await readFile(path.join(DEFINITIONS, file), 'utf8'));
  await waitUntil('the custom resources are served', 60_000, async () => {
    return (await kubectl.try(['get', KINDS])).code === 0;
  });
  return files.map(file => `${path.basename(file, '.yaml')}.berth.dev`);
}

/**
 * What the API server said against each object, by name; objects that it took are not in it.
 * kubectl goes on after a refusal, and puts each on a line of its own.
 */
export async function complaintsAbout(
  { kubectl }: ControlPlane,
  command: readonly string[],
  objects: readonly Named[]
): Promise<Map<string, string>> {
  const list = { apiVersion: 'v1', kind: 'List', items: objects };
  const { stderr } = await kubectl.try([...command, '-f', '-'], JSON.stringify(list));
  const complaints = new Map<string, string>();
  for (const line of stderr.split('\n').filter(text => text !== '')) {
    const [, name] = /"STDIN": (?:[A-Za-z.]+ )"([^"]*)" is invalid: /.exec(line) ?? [];
    if (name === undefined) throw new Error(`kubectl ${command.join(' ')} said: ${line}`);
    complaints.set(name, line);
  }
  return complaints;
}

/** The same object with one field put in the place of another, or left out. */
export function withField<T extends object>(object: T, at: string, value: unknown): T {
  const steps = at.split(/[.]|(?=\[\])/);
  const copy = structuredClone(object) as Record<string, unknown>;
  let inner = copy;
  for (const step of steps.slice(0, -1)) inner = (inner[keyOf(inner, step)] ??= {}) as Record<string, unknown>;
  const last = keyOf(inner, steps.at(-1) ?? '');
  if (value === undefined) delete inner[last];
  else inner[last] = value;
  return copy as T;
}

/** `[]` is the first of a list, `*` the first of a map. */
const keyOf = (holder: object, step: string): string =>
  step === '[]' ? '0' : step === '*' ? (Object.keys(holder)[0] ?? '') : step;
