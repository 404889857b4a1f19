import { decideSwitch, type ISwitchFacts } from './decide-switch.js';

const CASES: (ISwitchFacts & { want: string })[] = [
  { phase: 'Waiting', isMine: true, isFresh: true, want: 'wait' },
  { phase: 'Ready', isMine: true, isFresh: true, want: 'start' },
  { phase: 'Ready', isMine: true, isFresh: false, want: 'ask' },
  { phase: 'Ready', isMine: false, isFresh: true, want: 'ask' },
  { phase: 'Ready', isMine: false, isFresh: false, want: 'ask' },
  { phase: 'Starting', isMine: true, isFresh: true, want: 'nothing' },
  { phase: 'Running', isMine: true, isFresh: true, want: 'nothing' }
];

test.each(CASES)(
  'no variable is lost without a word, and no other tab acts: $phase, mine $isMine, fresh $isFresh: $want',
  ({ want, ...facts }) => {
    expect(decideSwitch(facts)).toBe(want);
  }
);
