/**
 * Decides which policy holds, from what each layer says. Of platform, class and team a later one says it over an earlier one, but
 * what the platform has switched off stays off: there is one switch for all. A person can only be stricter.
 */
import type { ActivityPolicy, PolicyLayer, PolicyPart } from './activity-policy.js';

export interface MergedPolicy {
  readonly policy: ActivityPolicy;
  /** Whose word each field is, by its dotted name: `kernel.hardSeconds`. What nobody has said is the platform's. */
  readonly sources: Readonly<Record<string, PolicyLayer>>;
}

export interface LayeredPart {
  readonly layer: PolicyLayer;
  readonly part: PolicyPart;
}

type Field = boolean | number | null;

/** What a person may say, and when it is stricter than what is so; the rest is not theirs to say. */
const STRICTER: Readonly<Record<string, (said: Field, is: Field) => boolean>> = {
  'kernel.softSeconds': isLower,
  'kernel.hardSeconds': isLower,
  'workspace.softSeconds': isLower,
  'workspace.hardSeconds': isLower,
  busyMaxSeconds: isLower,
  unknownMaxSeconds: isLower,
  'snooze.stepSeconds': isLower,
  'snooze.budgetSeconds': isLower,
  'snooze.perSeconds': (said, is) => isLower(is, said)
};

/** The policy that holds, and whose word each field of it is. `parts` in the order of POLICY_LAYERS; a layer may come more than once. */
export function mergePolicies(base: ActivityPolicy, parts: readonly LayeredPart[]): MergedPolicy {
  const fields = new Map<string, Field>(fieldsOf(base));
  const sources = new Map<string, PolicyLayer>(fieldsOf(base).map(([name]) => [name, 'platform']));
  for (const { layer, part } of parts) {
    for (const [name, said] of fieldsOf(part)) {
      const is = fields.get(name);
      if (is === undefined || !mayChange(layer, name, said, is)) continue;
      fields.set(name, said);
      sources.set(name, layer);
    }
  }
  return { policy: policyOf(fields), sources: Object.fromEntries(sources) };
}

function mayChange(layer: PolicyLayer, name: string, said: Field, is: Field): boolean {
  if (layer === 'person') return STRICTER[name]?.(said, is) ?? false;
  return name !== 'enabled' || is === true;
}

/** null is no limit at all, the loosest. */
function isLower(said: Field, is: Field): boolean {
  return typeof said === 'number' && (is === null || said < Number(is));
}

/** What a part says, by dotted names. */
function fieldsOf(part: PolicyPart): [string, Field][] {
  return Object.entries(part).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([inner, field]) => said(`${name}.${inner}`, field))
      : said(name, value)
  );
}

function said(name: string, field: Field | undefined): [string, Field][] {
  return field === undefined ? [] : [[name, field]];
}

function policyOf(fields: ReadonlyMap<string, Field>): ActivityPolicy {
  const policy: Record<string, Field | Record<string, Field>> = {};
  for (const [name, field] of fields) {
    const [outer = '', inner] = name.split('.');
    if (inner === undefined) policy[outer] = field;
    else policy[outer] = { ...(policy[outer] as Record<string, Field> | undefined), [inner]: field };
  }
  return policy as unknown as ActivityPolicy;
}
