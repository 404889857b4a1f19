/**
 * Two days of a team that sends notifications: yesterday, by which the plan is made, and today, which is not as it was.
 *
 * Sixty options: twenty campaigns, each by push, by mail and in the app. Everybody has 10 to 20 of them. Push and mail count against the
 * total and the person's cap, in-app does not; each channel and each campaign has a budget. A value is a person's activity × the campaign's
 * quality × the channel's effect × chance, so values are correlated and long-tailed.
 */
import type { DecisionPlan } from '../lib/kernels/index.js';
import { SeededRandom } from './seeded-random.ts';

export const CAMPAIGNS = 20;
const CHANNELS = [
  { effect: 1, cap: 1, isCounted: true, budget: 0.24 },
  { effect: 0.6, cap: 1, isCounted: true, budget: 0.3 },
  { effect: 0.3, cap: 2, isCounted: false, budget: 0.5 }
] as const;
const PERSON_CAP = 2;
/** Sends for each person expected. */
const TOTAL_BUDGET = 0.45;
/** By the campaign's number, again and again: what is asked for more than there is, and what is not. */
const CAMPAIGN_BUDGETS = [0.01, 0.03, 0.05, 0.09];
const [LEAST_CANDIDATES, MOST_CANDIDATES] = [10, 20];
const HOUR_MS = 3_600_000;
const HOURS = 24;

/** What happens to one of the days. */
export interface DayStory {
  /** Which of the days: other people come on another. */
  readonly day: number;
  /** How many times as many people come as the curve says. */
  readonly arrivals: number;
  /** How much the values have risen by the end of the day. */
  readonly rise: number;
  /** Standard deviation of the logarithm by which each campaign's quality differs from yesterday's. */
  readonly campaigns: number;
  /** Within these hours `times` as many come; 0: an outage. */
  readonly events: readonly { readonly from: number; readonly to: number; readonly times: number }[];
}

export const YESTERDAY: DayStory = { day: 0, arrivals: 1, rise: 0, campaigns: 0, events: [] };
export const TODAY: DayStory = {
  day: 1,
  arrivals: 1.1,
  rise: 0.2,
  campaigns: 0.15,
  events: [
    { from: 12.2, to: 12.5, times: 6 },
    { from: 19, to: 20, times: 0 }
  ]
};

/** Everybody of a day in the order of arrival; candidates of person p: `start[p]` up to `start[p + 1]`. */
export interface Day {
  readonly atMs: Float64Array;
  readonly start: Uint32Array;
  readonly option: Int32Array;
  readonly value: Float32Array;
}

/** The limits of a day with so many people expected; the prices are yesterday's. */
export function dayPlan(people: number, prices: Float64Array): DecisionPlan {
  const options = CAMPAIGNS * CHANNELS.length;
  const limit: number[] = [];
  const start = [0];
  const channel = new Uint16Array(options);
  for (let option = 0; option < options; option += 1) {
    channel[option] = option % CHANNELS.length;
    const campaign = Math.floor(option / CHANNELS.length);
    if (CHANNELS[channel[option] as 0 | 1 | 2].isCounted) limit.push(0);
    limit.push(1 + (channel[option] as number), 1 + CHANNELS.length + campaign);
    start.push(limit.length);
  }
  const parts = [
    TOTAL_BUDGET,
    ...CHANNELS.map(({ budget }) => budget),
    ...Array.from({ length: CAMPAIGNS }, (_, campaign) => campaignBudget(campaign))
  ];
  const cap = Float64Array.from(parts, part => Math.round(part * people));
  return {
    limits: { cap, floor: new Float64Array(cap.length) },
    options: {
      start: Uint32Array.from(start),
      limit: Uint32Array.from(limit),
      weight: new Float64Array(limit.length).fill(1),
      channel
    },
    personCap: PERSON_CAP,
    channels: CHANNELS.map(({ cap, isCounted }) => ({ cap, isCounted })),
    prices,
    madeAtMs: 0,
    maxAgeMs: 2 * HOURS * HOUR_MS,
    curve: {
      startMs: 0,
      intervalMs: HOUR_MS,
      arrivals: Float64Array.from({ length: HOURS }, (_, hour) => people * hourShare(hour))
    }
  };
}

function campaignBudget(campaign: number): number {
  return CAMPAIGN_BUDGETS[campaign % CAMPAIGN_BUDGETS.length] as number;
}

/** People sleep, and look twice: in the morning and in the evening. */
function hourShare(hour: number): number {
  const weight = (at: number): number =>
    0.3 + Math.exp(-(((at - 8.5) / 2.5) ** 2)) + 1.4 * Math.exp(-(((at - 19.5) / 3) ** 2));
  const all = Array.from({ length: HOURS }, (_, at) => weight(at)).reduce((sum, each) => sum + each, 0);
  return weight(hour) / all;
}

/** Who comes when: `people` are expected, and the story says how that turns out. */
export function drawDay(people: number, story: DayStory, seed: number): Day {
  const atMs = arrivalTimes(people, story, new SeededRandom(2 * seed + story.day));
  const qualities = campaignQualities(story, seed);
  const random = new SeededRandom(Math.imul(2 * seed + story.day + 1, 0x9e3779b1));
  const start = new Uint32Array(atMs.length + 1);
  const option = new Int32Array(atMs.length * MOST_CANDIDATES);
  const value = new Float32Array(atMs.length * MOST_CANDIDATES);
  let end = 0;
  for (let person = 0; person < atMs.length; person += 1) {
    const hour = (atMs[person] as number) / HOUR_MS;
    const activity = Math.exp(0.5 * random.normal()) * (1 + (story.rise * hour) / HOURS);
    const count = LEAST_CANDIDATES + random.below(MOST_CANDIDATES - LEAST_CANDIDATES + 1);
    // In steps that have no divisor with their number, so that none comes twice.
    let at = random.below(qualities.length * CHANNELS.length);
    for (let candidate = 0; candidate < count; candidate += 1, end += 1) {
      at = (at + 37) % (qualities.length * CHANNELS.length);
      option[end] = at;
      const { effect } = CHANNELS[(at % CHANNELS.length) as 0 | 1 | 2];
      const quality = qualities[Math.floor(at / CHANNELS.length)] as number;
      value[end] = activity * quality * effect * Math.exp(0.4 * random.normal()) - 0.1;
    }
    start[person + 1] = end;
  }
  return { atMs, start, option: option.slice(0, end), value: value.slice(0, end) };
}

function campaignQualities({ campaigns }: DayStory, seed: number): Float64Array {
  const base = new SeededRandom(seed + 77);
  const change = new SeededRandom(seed + 78);
  return Float64Array.from({ length: CAMPAIGNS }, () => Math.exp(0.3 * base.normal() + campaigns * change.normal()));
}

/** Minute after minute, ascending. */
function arrivalTimes(people: number, { arrivals, events }: DayStory, random: SeededRandom): Float64Array {
  const times: number[] = [];
  for (let minute = 0; minute < HOURS * 60; minute += 1) {
    const hour = minute / 60;
    const event = events.find(({ from, to }) => hour >= from && hour < to);
    const expected = (people * hourShare(Math.floor(hour)) * arrivals * (event?.times ?? 1)) / 60;
    const count = Math.max(Math.round(expected + Math.sqrt(expected) * random.normal()), 0);
    const within = Float64Array.from({ length: count }, () => (minute + random.uniform()) * 60_000).sort();
    for (const time of within) times.push(time);
  }
  return Float64Array.from(times);
}
