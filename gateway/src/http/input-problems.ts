/** Turns what zod found wrong into sentences: what was given, and what would be right. */
import type { z } from 'zod';
import { PlatformError, type Problem } from '../contract/index.js';

type Issue = z.core.$ZodIssue;

const MAX_SHOWN = 60;
const EXPECTED_WORDS: Readonly<Record<string, string>> = {
  int: 'an integer',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list'
};

/**
 * The value as its schema makes it: defaults filled in, numbers in a query converted.
 * @param whole what a problem with the value as a whole is called, such as `body`.
 * @throws PlatformError `invalid-input` with every problem.
 */
export function parseInput<S extends z.ZodType>(schema: S, value: unknown, whole: string): z.output<S> {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  throw invalidInput(result.error.issues.flatMap(issue => problemsOf(issue, whole, schema)));
}

/** The error for a request with these problems; its message names the first. */
export function invalidInput(problems: readonly Problem[]): PlatformError {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  const what = first === undefined ? '' : `: ${first.field} ${first.message}${more}`;
  return new PlatformError('invalid-input', `The request is not valid${what}`, { problems });
}

function problemsOf(issue: Issue, whole: string, schema: z.ZodType): Problem[] {
  const field = fieldOf(issue.path, whole);
  if (issue.code !== 'unrecognized_keys') return [{ field, message: `${givenIn(issue)}; want ${wantOf(issue)}` }];
  const known = issue.path.length === 0 ? knownFields(schema) : [];
  const message =
    known.length === 0 ? 'is not known here; leave it out' : `is not known here; known are: ${known.join(', ')}`;
  return issue.keys.map(key => ({ field: fieldOf([...issue.path, shortened(key)], whole), message }));
}

function knownFields(schema: z.ZodType): string[] {
  return 'shape' in schema ? Object.keys(schema.shape as object) : [];
}

function fieldOf(path: readonly PropertyKey[], whole: string): string {
  return path.length === 0 ? whole : path.map(part => shortened(String(part))).join('.');
}

/** Never spells out lists and objects: they may be large, or too deep to print. */
function givenIn(issue: Issue): string {
  const { input } = issue;
  if (issue.code === 'invalid_key') return 'has a name that is not allowed';
  if (typeof input !== 'string') return kindOf(input);
  const isTooLong = issue.code === 'too_big' && issue.origin === 'string';
  return isTooLong ? `is ${input.length} characters long` : `is ${JSON.stringify(shortened(input))}`;
}

function kindOf(input: unknown): string {
  if (input === undefined) return 'is missing';
  if (Number.isNaN(input)) return 'is not a number';
  if (Array.isArray(input)) return 'is a list';
  if (typeof input === 'object') return input === null ? 'is null' : 'is an object';
  if (typeof input === 'number' || typeof input === 'boolean') return `is ${input}`;
  return `is a ${typeof input}`;
}

function wantOf(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return EXPECTED_WORDS[issue.expected] ?? issue.expected;
    case 'too_big':
      return boundOf('at most', Number(issue.maximum), issue.origin);
    case 'too_small':
      return boundOf('at least', Number(issue.minimum), issue.origin);
    case 'invalid_value':
      return choiceOf(issue.values.map(String));
    case 'invalid_format':
      return issue.pattern === undefined ? `a valid ${issue.format}` : `a text that matches ${issue.pattern}`;
    case 'invalid_key':
      return firstWants([issue.issues]);
    case 'invalid_union':
      return firstWants(issue.errors);
    default:
      return issue.message;
  }
}

function choiceOf(values: readonly string[]): string {
  return values.length === 1 ? values.join() : `one of: ${values.join(', ')}`;
}

function boundOf(words: string, bound: number, origin: string): string {
  const unit = bound === 1 ? ' character' : ' characters';
  return `${words} ${bound}${origin === 'string' ? unit : ''}`;
}

function firstWants(alternatives: readonly (readonly Issue[])[]): string {
  const wants = alternatives.flatMap(([issue]) => (issue === undefined ? [] : [wantOf(issue)]));
  return [...new Set(wants)].join(' or ');
}

function shortened(text: string): string {
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}…`;
}
