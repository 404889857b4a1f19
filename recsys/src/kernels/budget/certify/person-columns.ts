/** How candidates are laid into columns: by channel where its cap may bind, else side by side. */
import type { Cap, Candidates, PersonCaps, Problem } from '../problem.js';

const NO_CAP = 65_535;

/** The cap of one person; Infinity: none. */
export function capOf(cap: Cap, person: number): number {
  if (typeof cap === 'number') return cap;
  const own = cap[person] as number;
  return own === NO_CAP ? Infinity : own;
}

/** Whether everybody has the same options in the same order, so that `option` is that of each. */
export function isShared(candidates: Candidates): boolean {
  return candidates.option.length < candidates.value.length;
}

/** Of all people of a problem; `read` tells of one. */
export class PersonColumns {
  /** How many candidates of the person read last lie in the columns of each channel. */
  readonly widths: Uint32Array;
  /** In which channel's columns an option lies. */
  readonly home: Uint16Array;
  /** Whether all lie in the columns of channel 0. */
  readonly isOneBlock: boolean;
  /** Whether everybody's caps are the same. */
  readonly hasSameCaps: boolean;
  /** Whether everybody's columns are the same. */
  readonly isSame: boolean;

  private readonly caps: readonly Cap[];
  private readonly personCap: Cap;
  private readonly next: Uint32Array;

  constructor(
    problem: Problem,
    private readonly candidates: Candidates
  ) {
    const homes = homesOf(problem.caps);
    const channels = Math.max(1, homes.length);
    this.widths = new Uint32Array(channels);
    this.next = new Uint32Array(channels);
    this.home = problem.options.channel.map(channel => homes[channel] ?? 0);
    this.isOneBlock = homes.every(home => home === 0);
    this.isSame = isShared(candidates);
    this.personCap = problem.caps.person;
    this.caps = problem.caps.channels.map(({ cap }, channel) => (isFree(problem.caps, channel) ? Infinity : cap));
    this.hasSameCaps = [this.personCap, ...this.caps].every(cap => typeof cap === 'number');
  }

  /** How many candidates a person has. */
  candidatesOf(person: number): number {
    return (this.candidates.start[person + 1] as number) - (this.candidates.start[person] as number);
  }

  /** Reads a person, and tells how many candidates it has. */
  read(person: number): number {
    const { widths, home, candidates, isOneBlock, isSame } = this;
    const count = this.candidatesOf(person);
    if (isOneBlock) {
      widths[0] = count;
      return count;
    }
    const from = isSame ? 0 : (candidates.start[person] as number);
    widths.fill(0);
    for (let at = from; at < from + count; at += 1) {
      const own = home[candidates.option[at] as number] as number;
      widths[own] = (widths[own] as number) + 1;
    }
    return count;
  }

  /** Of all counted columns of a person; Infinity: none. */
  personCapOf(person: number): number {
    return capOf(this.personCap, person);
  }

  /** Of the columns of a channel; Infinity: none that binds. */
  channelCapOf(channel: number, person: number): number {
    return capOf(this.caps[channel] ?? Infinity, person);
  }

  /** A list to count on, from the first column of each channel: the same one each time. */
  nextColumns(first: Uint32Array): Uint32Array {
    const { next } = this;
    for (let channel = 0; channel < next.length; channel += 1) next[channel] = first[channel] as number;
    return next;
  }
}

/** Channels whose caps never bind share the columns of the first of them that is counted as they are. */
function homesOf(caps: PersonCaps): number[] {
  return caps.channels.map(({ isCounted }, channel) =>
    isFree(caps, channel)
      ? caps.channels.findIndex((other, at) => other.isCounted === isCounted && isFree(caps, at))
      : channel
  );
}

/** Whether a channel's cap is none, or allows whatever the person's cap allows. */
function isFree({ channels, person }: PersonCaps, channel: number): boolean {
  const { cap, isCounted } = channels[channel] as PersonCaps['channels'][number];
  return cap === Infinity || (isCounted && typeof cap === 'number' && typeof person === 'number' && cap >= person);
}
