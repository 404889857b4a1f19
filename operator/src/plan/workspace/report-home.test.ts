import { describe, expect, test } from '@jest/globals';
import { reportHome } from './report-home.js';
import { NOW_MS, type SeenBuilder, seenWorkspace } from './seen.testkit.js';
import type { HomeReason } from './workspace-report.js';

interface Case {
  readonly name: string;
  readonly seen: SeenBuilder;
  readonly want: HomeReason;
  readonly wantSaid: string;
}

const stands = seenWorkspace('a').standing().knewHome('home-1');
const homeReady = (reason: HomeReason): Parameters<SeenBuilder['withCondition']>[0] => ({
  type: 'HomeReady',
  status: 'True',
  reason,
  message: '',
  sinceMs: NOW_MS
});
const anew = stands.withHome({ uid: 'home-2' });

const cases: Case[] = [
  { name: 'it is there', seen: stands, want: 'Bound', wantSaid: 'is there' },
  {
    name: 'it waits for a node',
    seen: stands.withHome({ phase: 'Pending' }),
    want: 'Pending',
    wantSaid: 'first starts on a node'
  },
  {
    name: 'somebody has deleted it',
    seen: stands.withHome({ deleting: true }),
    want: 'BeingDeleted',
    wantSaid: 'copy what you need'
  },
  { name: 'its disk is gone', seen: stands.withHome({ phase: 'Lost' }), want: 'Lost', wantSaid: 'disk' },
  {
    name: 'it holds the files of somebody else',
    seen: stands.withHome({ owner: 'grace' }),
    want: 'OfAnother',
    wantSaid: 'somebody else'
  },
  { name: 'it is another one than before', seen: anew, want: 'Recreated', wantSaid: 'is new and was empty' },
  {
    name: 'it was another one than before, which stays said',
    seen: anew.knewHome('home-2').withCondition(homeReady('Recreated')),
    want: 'Recreated',
    wantSaid: 'is new and was empty'
  },
  {
    name: 'one that was kept from an earlier workspace is nothing new',
    seen: seenWorkspace('a').standing(),
    want: 'Bound',
    wantSaid: 'is there'
  }
];

describe('reportHome', () => {
  test.each(cases)('$name: $want', ({ seen, want, wantSaid }) => {
    const said = reportHome(seen.obj());
    const isGood = want === 'Bound' || want === 'Recreated';
    expect(said).toMatchObject({ status: isGood ? 'True' : 'False', reason: want });
    expect(said?.message).toContain(wantSaid);
  });

  test('nothing is said of a home that was never made', () => {
    expect(reportHome(seenWorkspace('a').obj())).toBeUndefined();
  });
});
