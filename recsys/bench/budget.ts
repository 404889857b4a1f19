/**
 * How long it takes until a plan for everybody is certified to be within 0.1 % of the best one, by ours and by general solvers, on the same
 * problems in one run, and how near a pass is to what the memory allows. Ours is what a notebook sees.
 *
 * Options: `--sizes 1e4,1e5,1e6,1e7,1e8` (one message a person), `--laminar-sizes 1e6,1e8` (nested caps, a thousand campaigns; `none`),
 * `--rounds 5 --peer-limit-s 600 --seed 0`; `--peers highs_ipm,ortools_pdlp` (or `none`) and `--laminar-peers`; `--folder PATH` (for the
 * problems: 2 GB at 1e8); `--python PATH` (instead of the environment that the bench makes); `--quick`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { printReport } from '../../scripts/bench-report.ts';
import { lockedPython } from '../../scripts/locked-environment.ts';
import { budgetReport } from './budget-figures.ts';
import { BudgetBench, type MeasuredWith } from './budget-measurements.ts';
import { type Case, type Peer, PEERS, type Shape } from './budget-plan.ts';
import { wholeNumber } from './whole-number.ts';

const LEAST = 1000;

export async function bench(args: readonly string[]): Promise<void> {
  const { parent, ...options } = await readOptions(args);
  const folders = {
    run: await mkdtemp(path.join(tmpdir(), 'berth-bench-')), // short: a socket lies in it
    problems: await mkdtemp(path.join(parent, 'berth-bench-'))
  };
  try {
    printReport(budgetReport(options, await new BudgetBench(folders, options).run()));
  } finally {
    for (const each of Object.values(folders)) await rm(each, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function readOptions(args: readonly string[]): Promise<MeasuredWith & { readonly parent: string }> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      sizes: { type: 'string' },
      'laminar-sizes': { type: 'string' },
      rounds: { type: 'string' },
      'peer-limit-s': { type: 'string' },
      seed: { type: 'string', default: '0' },
      peers: { type: 'string', default: PEERS.join(',') },
      'laminar-peers': { type: 'boolean', default: false },
      folder: { type: 'string', default: tmpdir() },
      python: { type: 'string' },
      quick: { type: 'boolean', default: false }
    }
  });
  const { quick } = values;
  return {
    cases: [
      ...casesOf('choice', 'sizes', values.sizes ?? (quick ? '1e4,1e5' : '1e4,1e5,1e6,1e7,1e8')),
      ...casesOf('laminar', 'laminar-sizes', values['laminar-sizes'] ?? (quick ? '1e5' : '1e6,1e8'))
    ],
    rounds: wholeNumber('rounds', values.rounds ?? (quick ? '2' : '5'), 1),
    peerLimitS: wholeNumber('peer-limit-s', values['peer-limit-s'] ?? (quick ? '60' : '600'), 1),
    seed: wholeNumber('seed', values.seed, 0),
    peers: peersOf(values.peers),
    hasLaminarPeers: values['laminar-peers'],
    python: values.python ?? (await budgetPython()),
    parent: path.resolve(values.folder)
  };
}

function casesOf(shape: Shape, name: string, text: string): Case[] {
  if (text === 'none') return [];
  const sizes = text.split(',').map(each => wholeNumber(name, each, LEAST));
  return sizes.sort((a, b) => a - b).map(size => ({ shape, size }));
}

function peersOf(text: string): Peer[] {
  if (text === 'none') return [];
  return text.split(',').map(name => {
    const peer = PEERS.find(each => each === name);
    if (peer === undefined) throw new RangeError(`--peers ${name}: there are ${PEERS.join(', ')}`);
    return peer;
  });
}

async function budgetPython(): Promise<string> {
  const python = await lockedPython('bench-budget', { create: true });
  if (python === undefined) throw new Error('the environment of the peers could not be made');
  return python;
}
