/** The promise: on the whole corpus nothing is stopped that must be kept, and nothing kept that must be stopped. */
import path from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { judgeCorpus, type Verdict } from './judge-corpus.ts';
import { readTraces, type ReadTraces } from './read-traces.ts';
import { IDLE_RULES } from './rules/idle-rules.ts';
import { linesOf } from './tell-verdicts.ts';

let corpus: ReadTraces = { traces: [], problems: [] };
let ours: Verdict | undefined;
let peers: Readonly<Record<string, Verdict>> = {};

beforeAll(async () => {
  corpus = await readTraces(path.join(import.meta.dirname, '../../corpus/traces'));
  ({ ours, peers } = judgeCorpus(corpus.traces));
});

describe('the corpus', () => {
  test('every file of it is a trace', () => expect(corpus.problems).toEqual([]));

  test('it has at least 60 scenarios, at least half of them recorded from real processes', () => {
    const recorded = corpus.traces.filter(({ source }) => source === 'recorded');
    expect(corpus.traces.length).toBeGreaterThanOrEqual(60);
    expect(recorded.length * 2).toBeGreaterThanOrEqual(corpus.traces.length);
  });

  test('our engine is right in every one of them', () => {
    expect(ours && linesOf('ours', ours)).toEqual(['ours: right in every scenario']);
  });

  test.each(Object.keys(IDLE_RULES))('%s is wrong in some: the corpus tells rules apart', rule => {
    expect(peers[rule]?.failures.size).toBeGreaterThan(0);
  });
});
