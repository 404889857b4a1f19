/**
 * Rules of the API server in CEL, kept on the schema they are about. What a schema cannot say is said here: that a value
 * never changes, that it only grows, that two fields agree. The messages say what would be right.
 */
import type { z } from 'zod';

export interface Rule {
  /** CEL; `self` is the value, `oldSelf` what it was (then the rule is about updates only). */
  readonly rule: string;
  readonly message: string;
  /** The field to name in the refusal, where it is not the one that carries the rule: `.home`. */
  readonly fieldPath?: string;
  readonly reason?: 'FieldValueInvalid' | 'FieldValueForbidden' | 'FieldValueRequired' | 'FieldValueDuplicate';
}

export const RULES = 'x-kubernetes-validations';

/** The same schema with rules; they are added to those that it has. */
export function withRules<Schema extends z.ZodType>(schema: Schema, ...rules: readonly Rule[]): Schema {
  const before = (schema.meta()?.[RULES] ?? []) as readonly Rule[];
  return schema.meta({ [RULES]: [...before, ...rules] });
}

/** For a field that is always there: it never changes. */
export function neverChanges(what: string): Rule {
  return { rule: 'self == oldSelf', message: `${what} never changes once it is set` };
}

/**
 * For the object that holds an optional field: the field is not added, changed or removed later. A rule on the field
 * itself would not see it come and go. (CEL's optional values would say it in fewer words, but the API server takes what
 * they hold for as long as a request can be, and refuses the rule as too costly.)
 */
export function optionalNeverChanges(field: string, what: string): Rule {
  const [now, before] = [`self.${field}`, `oldSelf.${field}`];
  return {
    rule: `has(${now}) == has(${before}) && (!has(${now}) || ${now} == ${before})`,
    message: `${what} never changes: it is not added, changed or removed later`,
    fieldPath: `.${field}`
  };
}
