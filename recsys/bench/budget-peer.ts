/** One solve of a peer, in a process of its own that is killed when its time is over. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { BENCH_FOLDER, peerVariables, THREADS } from './bench-environment.ts';
import type { Peer } from './budget-plan.ts';

/** As budget_peer.py prints it; bound, value and gap are missing where it has no answer. */
export interface PeerAnswer {
  /** Of the solver alone. */
  readonly seconds: number;
  /** In the solver's own words. */
  readonly status: string;
  readonly bound?: number;
  readonly value?: number;
  /** Computed anew from its prices and its x. */
  readonly gap?: number;
  readonly rssBytes: number;
  readonly version: string;
}

export interface PeerSolve {
  readonly peer: Peer;
  readonly python: string;
  readonly problem: string;
  readonly tolerance: number;
  readonly limitS: number;
}

/** To build its model before it starts, and to end by itself afterwards; the solver's own limit is in seconds of solving. */
const PATIENCE_S = 120;

/** What it found, or why it has found nothing. */
export async function solveByPeer(solve: PeerSolve): Promise<PeerAnswer | { readonly missing: string }> {
  const { peer, python, problem, tolerance, limitS } = solve;
  const script = path.join(BENCH_FOLDER, 'budget_peer.py');
  const args = [script, peer, problem, `${tolerance}`, `${limitS}`, `${THREADS}`];
  const { end, isLate, stdout } = await runWithin(python, args, limitS + PATIENCE_S);
  if (isLate) return { missing: `no answer within ${limitS} s` };
  if (end !== 0) return { missing: `it ended with ${end}; its error is above` };
  return JSON.parse(stdout) as PeerAnswer;
}

interface Ended {
  /** Exit code, or the name of a signal. */
  readonly end: number | string;
  readonly isLate: boolean;
  readonly stdout: string;
}

function runWithin(command: string, args: readonly string[], seconds: number): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: peerVariables(), stdio: ['ignore', 'pipe', 'inherit'] });
    let isLate = false;
    let stdout = '';
    const timer = setTimeout(() => {
      isLate = true;
      child.kill('SIGKILL');
    }, seconds * 1000);
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ end: signal ?? code ?? 'nothing', isLate, stdout });
    });
  });
}
