/** Reads the request for a new budget: all that is wrong with it at once, before anything is made. */
import { z } from 'zod';
import { COMPUTE } from '../create-request.js';
import { pathOf } from '../read-with.js';
import { refusalOf } from './refusal.js';
import { wholeNumber } from './whole-number.js';

/** So that all of an answer fits into one frame: a bit for each candidate, and five numbers for each limit. */
const MAX_CANDIDATES = 480_000_000;
const MAX_LIMITS = 150_000;
const MAX_PEOPLE = 2 ** 31 - 1;
const MAX_OPTIONS = 2 ** 24;
const MAX_INCIDENCES = 2 ** 27;
const MAX_CHANNELS = 256;
/** In a column of caps it means that there is none. */
const NO_CAP = 65_535;

/** The same for everybody, none, or a column. */
const CAP = z.custom<number | null | 'column'>(
  cap =>
    cap === null || cap === 'column' || (Number.isInteger(cap) && (cap as number) >= 0 && (cap as number) < NO_CAP),
  `want an integer from 0 to ${NO_CAP - 1}, null or "column"`
);

const CREATE = z.strictObject({
  people: wholeNumber(0, MAX_PEOPLE),
  candidates: wholeNumber(0, MAX_CANDIDATES),
  options: wholeNumber(0, MAX_OPTIONS),
  limits: wholeNumber(0, MAX_LIMITS),
  incidences: wholeNumber(0, MAX_INCIDENCES),
  personCap: CAP.default(null),
  channels: z.array(z.strictObject({ cap: CAP.default(null), counted: z.boolean().default(true) })).max(MAX_CHANNELS).default([]), // prettier-ignore
  isDense: z.boolean().default(false),
  name: z.string().max(200).default(''),
  ...COMPUTE.shape
});

export type CreateBudget = z.infer<typeof CREATE>;

/** @throws RuntimeError `invalid-input` that names everything that is wrong */
export function readCreateBudget(params: unknown): CreateBudget {
  const read = CREATE.safeParse(params);
  if (!read.success) {
    throw refusalOf(read.error.issues.map(({ path, message }) => ({ field: pathOf('', path), message })));
  }
  const problems = sizeProblems(read.data);
  if (problems.length > 0) throw refusalOf(problems);
  return read.data;
}

function sizeProblems({ people, candidates, options, limits, incidences, isDense }: CreateBudget) {
  const problems: { field: string; message: string }[] = [];
  const report = (field: string, message: string): void => void problems.push({ field, message });
  if (isDense && candidates !== people * options) {
    report('candidates', `is ${candidates}: want people × options = ${people * options}, as each has all options`);
  }
  if (candidates > 0 && options === 0) report('options', 'is 0: want some, as there are candidates');
  if (candidates > 0 && people === 0) report('people', 'is 0: want some, as there are candidates');
  if (incidences > limits * options) {
    report('incidences', `is ${incidences}: want at most limits × options = ${limits * options}`);
  }
  return problems;
}
