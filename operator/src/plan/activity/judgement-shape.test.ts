/** What the engine says is what the wire carries. */
import { expect, test } from '@jest/globals';
import { failed, hear, kernel, process, same, seen, SOMEBODY_WAITS } from './activity.testkit.js';
import { Judgement } from './judgement.js';

test('every judgement is one by its schema, whatever its times are', () => {
  const readings = [
    { t: 0, evidence: { kernels: [kernel()], processes: [], terminals: [], input_t: 5, tabs: null, leases: [] } },
    ...same(0.123456, 700, { kernels: [kernel({ gpu: 'mig', input_t: 3.3 })], processes: [process()] }),
    failed(715, 'x'.repeat(500)),
    seen(-50, { kernels: [kernel({ state: 'busy', name: 'n'.repeat(256) })] })
  ];
  for (const { judgements } of hear(readings, { waiting: SOMEBODY_WAITS })) {
    for (const judgement of judgements) expect(Judgement.parse(judgement)).toEqual(judgement);
  }
});
