/** Carries out the budget bench: makes each problem, has it solved round by round, by ours and by those peers that get that far. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { BENCH_FOLDER, ourVariables, peerVariables } from './bench-environment.ts';
import { PassBench, type PassRound } from './budget-pass.ts';
import { type PeerAnswer, solveByPeer } from './budget-peer.ts';
import { type Case, caseName, MANY_ROUNDS_UP_TO, type Peer, tolerancesOf, WANTED_GAP } from './budget-plan.ts';
import { LineProcess } from './line-process.ts';

export interface MeasuredWith {
  /** Of each shape, the smaller first. */
  readonly cases: readonly Case[];
  readonly rounds: number;
  readonly peerLimitS: number;
  readonly seed: number;
  readonly peers: readonly Peer[];
  readonly hasLaminarPeers: boolean;
  readonly python: string;
}

export interface BenchFolders {
  /** Of the runtime. */
  readonly run: string;
  /** Of the problems: gigabytes. */
  readonly problems: string;
}

/** One solve of ours, as budget_ours.py tells it. */
export interface OurSolve {
  readonly seconds: number;
  readonly status: string;
  readonly bound: number;
  readonly value: number;
  readonly gap: number;
  readonly passes: number;
  readonly fullPasses: number;
  readonly certifications: number;
}

/** A plan held against the problem, in numpy: what it sends is counted anew, the bound at its prices computed anew. */
export interface OurCheck {
  readonly violations: number;
  readonly sent: number;
  readonly gap: number;
}

export interface CaseFound {
  readonly people: number;
  readonly candidates: number;
  readonly limits: number;
  /** From `Budget(…)` until it can be solved: the data handed over and laid out. */
  readonly handOverSeconds: number;
  readonly ours: readonly OurSolve[];
  readonly check: OurCheck;
  /** A day later, from this day's prices. */
  readonly nextDay: { readonly solve: OurSolve; readonly check: OurCheck };
  /** The most at any time, files in memory included. */
  readonly rssBytes: number;
  readonly passes: readonly PassRound[];
  readonly peers: ReadonlyMap<Peer, readonly PeerAnswer[]>;
  /** The loosest tolerance that was enough. */
  readonly tolerances: ReadonlyMap<Peer, number>;
}

export interface Measurements {
  readonly cases: ReadonlyMap<string, CaseFound>;
  /** Why a peer is not compared, by `case/peer`. */
  readonly missing: ReadonlyMap<string, string>;
}

export class BudgetBench {
  readonly #problems: string;
  readonly #options: MeasuredWith;
  readonly #ours: LineProcess;
  readonly #missing = new Map<string, string>();

  constructor(folders: BenchFolders, options: MeasuredWith) {
    this.#problems = folders.problems;
    this.#options = options;
    const script = path.join(BENCH_FOLDER, 'budget_ours.py');
    this.#ours = new LineProcess('ours', options.python, [script], ourVariables(path.join(folders.run, 'run')));
  }

  async run(): Promise<Measurements> {
    const cases = new Map<string, CaseFound>();
    try {
      for (const each of this.#options.cases) {
        console.log(`measuring ${caseName(each)}`);
        cases.set(caseName(each), await this.#measure(each));
      }
    } finally {
      await this.#ours.end();
    }
    return { cases, missing: this.#missing };
  }

  async #measure(each: Case): Promise<CaseFound> {
    const today = path.join(this.#problems, 'today');
    const tomorrow = path.join(this.#problems, 'tomorrow');
    try {
      const facts = await this.#make(each, today, tomorrow);
      const { handOverSeconds } = await this.#ours.ask<{ handOverSeconds: number }>('load', { problem: today });
      const solved = await this.#solveInRounds(each, today);
      const check = await this.#ours.ask<OurCheck>('check');
      const { rssBytes } = await this.#ours.ask<{ rssBytes: number }>('peak');
      const next = { problem: tomorrow, gap: WANTED_GAP };
      const nextDay = await this.#ours.ask<CaseFound['nextDay']>('next_day', next);
      const passes = await this.#measurePasses(each, today);
      return { ...facts, handOverSeconds, ...solved, check, nextDay, rssBytes, passes };
    } finally {
      for (const each of [today, tomorrow]) await rm(each, { recursive: true, force: true });
    }
  }

  /** In a process of its own, whose memory is nobody's afterwards. */
  async #make(
    each: Case,
    today: string,
    tomorrow: string
  ): Promise<Pick<CaseFound, 'people' | 'candidates' | 'limits'>> {
    const script = path.join(BENCH_FOLDER, 'budget_maker.py');
    const maker = new LineProcess('the maker', this.#options.python, [script], peerVariables());
    try {
      const { seed } = this.#options;
      return await maker.ask('make', { today, tomorrow, shape: each.shape, candidates: each.size, seed });
    } finally {
      await maker.end();
    }
  }

  /** Who is first changes from round to round. */
  async #solveInRounds(each: Case, problem: string): Promise<Pick<CaseFound, 'ours' | 'peers' | 'tolerances'>> {
    const ours: OurSolve[] = [];
    const peers = new Map<Peer, PeerAnswer[]>();
    const tolerances = new Map<Peer, number>();
    for (let round = 0; round < this.#options.rounds; round += 1) {
      const present = this.#present(each, round);
      const solves = [
        async () => void ours.push(await this.#ours.ask<OurSolve>('solve', { gap: WANTED_GAP })),
        ...present.map(peer => () => this.#solveByPeer(each, peer, problem, peers, tolerances))
      ];
      for (const [place] of solves.entries()) await solves[(place + round) % solves.length]?.();
    }
    return { ours, peers, tolerances };
  }

  /** The first time with ever less tolerance, until it is enough; then with that. */
  async #solveByPeer(
    each: Case,
    peer: Peer,
    problem: string,
    found: Map<Peer, PeerAnswer[]>,
    tolerances: Map<Peer, number>
  ): Promise<void> {
    const { python, peerLimitS: limitS } = this.#options;
    const known = tolerances.get(peer);
    let why = '';
    for (const tolerance of known === undefined ? tolerancesOf(peer) : [known]) {
      const answer = await solveByPeer({ peer, python, problem, tolerance, limitS });
      if ('missing' in answer) {
        why = answer.missing;
        break; // with less it only takes longer
      }
      if (answer.gap !== undefined && answer.gap <= WANTED_GAP) {
        tolerances.set(peer, tolerance);
        found.set(peer, [...(found.get(peer) ?? []), answer]);
        return;
      }
      why = `${answer.status} after ${answer.seconds.toFixed(1)} s, proves a gap of ${answer.gap ?? 'nothing'}`;
      if (answer.seconds >= limitS) break;
    }
    this.#missing.set(`${caseName(each)}/${peer}`, why);
  }

  /** Who has not got as far with a smaller problem gets no larger one; where it takes minutes, one round is enough. */
  #present(each: Case, round: number): Peer[] {
    if (each.shape === 'laminar' && !this.#options.hasLaminarPeers) return [];
    if (round > 0 && each.size > MANY_ROUNDS_UP_TO) return [];
    const { peers, cases } = this.#options;
    const smaller = cases.filter(({ shape, size }) => shape === each.shape && size <= each.size);
    return peers.filter(peer => !smaller.some(one => this.#missing.has(`${caseName(one)}/${peer}`)));
  }

  /** Only the largest of a shape: the others' fit the caches. */
  async #measurePasses(each: Case, problem: string): Promise<PassRound[]> {
    const sizes = this.#options.cases.filter(({ shape }) => shape === each.shape).map(({ size }) => size);
    if (each.size < Math.max(...sizes)) return [];
    await this.#ours.ask('describe_pass', { problem });
    const passes = new PassBench(problem);
    try {
      await passes.load();
      const rounds: PassRound[] = [];
      for (let round = 0; round < this.#options.rounds; round += 1) {
        const pass = await passes.measure();
        rounds.push({ ...pass, bytesPerSecond: await this.#ours.ask<Record<string, number>>('bandwidth') });
      }
      return rounds;
    } finally {
      await passes.end();
    }
  }
}
