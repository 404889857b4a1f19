import { describe, expect, test } from '@jest/globals';
import { EventRecorder, type EventWish } from './events.js';
import { FakeClock, settled } from './fake-clock.testkit.js';
import { keptLog, keptMetrics } from './kept.testkit.js';
import type { ApiObject } from './resource.js';

const WISH: EventWish = {
  regarding: {
    apiVersion: 'berth.dev/v1alpha1',
    kind: 'Workspace',
    metadata: { name: 'lab', namespace: 'ada', uid: 'u1', resourceVersion: '7' }
  },
  type: 'Normal',
  reason: 'Started',
  message: 'The pod runs.'
};

/** Answers when the test says so, unless `create` says otherwise. */
function makeRecorder(create?: (event: ApiObject) => Promise<void>) {
  const clock = new FakeClock();
  const { log, messages } = keptLog();
  const { metrics, counted } = keptMetrics();
  const sent: Record<string, unknown>[] = [];
  const client = {
    create: async <T extends ApiObject>(_resource: unknown, event: T): Promise<T> => {
      sent.push(event as unknown as Record<string, unknown>);
      await create?.(event);
      return event;
    }
  };
  const dateMs = () => Date.UTC(2030, 0, 1) + clock.now();
  const recorder = new EventRecorder({ client, instance: 'berth-operator-1', clock, dateMs, log, metrics });
  const results = () => counted.map(([, result]) => result);
  return { recorder, clock, sent, messages, results };
}

test('an event says what the API server wants to know', async () => {
  const { recorder, sent } = makeRecorder();
  await recorder.record(WISH);
  expect(sent).toEqual([
    {
      metadata: { namespace: 'ada', name: expect.stringMatching(/^lab\.[0-9a-f]{16}$/) },
      eventTime: '2030-01-01T00:00:00.000000Z',
      reportingController: 'berth.dev/operator',
      reportingInstance: 'berth-operator-1',
      action: 'Started',
      reason: 'Started',
      regarding: { apiVersion: 'berth.dev/v1alpha1', kind: 'Workspace', namespace: 'ada', name: 'lab', uid: 'u1' },
      note: 'The pod runs.',
      type: 'Normal'
    }
  ]);
});

test('one about what belongs to the cluster is in the namespace default', async () => {
  const { recorder, sent } = makeRecorder();
  await recorder.record({
    ...WISH,
    regarding: { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n'.repeat(199) + '.x' } }
  });
  const { metadata, regarding } = sent[0] as { metadata: ApiObject['metadata']; regarding: object };
  expect(metadata.namespace).toBe('default');
  expect(metadata.name).toMatch(/^n{199}\.[0-9a-f]{16}$/);
  expect(regarding).not.toHaveProperty('namespace');
});

describe('a note is as long as the API server takes, which counts bytes', () => {
  test.each([
    { name: 'letters', message: 'x'.repeat(5_000), wantLength: 1_024 },
    { name: 'umlauts', message: 'ü'.repeat(5_000), wantLength: 512 },
    { name: 'faces, of which none is cut in two', message: '🙂'.repeat(5_000), wantLength: 512 },
    { name: 'half a face', message: '\ud83d', wantLength: 1 }
  ])('$name', async ({ message, wantLength }) => {
    const { recorder, sent } = makeRecorder();
    await recorder.record({ ...WISH, message });
    const note = sent[0]?.['note'] as string;
    expect(note).toHaveLength(wantLength);
    expect(Buffer.byteLength(note)).toBeLessThanOrEqual(1_024);
  });
});

describe('the same is not said twice', () => {
  test('within ten minutes, about the same object', async () => {
    const { recorder, clock, sent, results } = makeRecorder();
    await recorder.record(WISH);
    await clock.advance(599_999);
    await recorder.record(WISH);
    await recorder.record({ ...WISH, message: 'The pod runs again.' });
    await recorder.record({
      ...WISH,
      regarding: { ...WISH.regarding, metadata: { name: 'lab', namespace: 'ada', uid: 'u2' } }
    });
    expect(results()).toEqual(['sent', 'repeated', 'sent', 'sent']);
    await clock.advance(1);
    await recorder.record(WISH);
    expect(sent).toHaveLength(4);
  });

  test('unless it could not be sent', async () => {
    let isAway = true;
    const { recorder, messages, results } = makeRecorder(async () => {
      if (isAway) throw new Error('connection refused');
    });
    await recorder.record(WISH);
    isAway = false;
    await recorder.record(WISH);
    expect(results()).toEqual(['failed', 'sent']);
    expect(messages('warn')).toEqual(['an event could not be sent']);
  });

  test('and what was said long ago is forgotten before what was said last', async () => {
    const { recorder, results } = makeRecorder();
    const say = (index: number) => recorder.record({ ...WISH, message: `number ${index}` });
    for (let index = 0; index < 4_097; index += 1) await say(index);
    await say(0);
    await say(4_096);
    expect(results().slice(-2)).toEqual(['sent', 'repeated']);
  });
});

test('a thousand events at once do not become a thousand requests', async () => {
  const answers: (() => void)[] = [];
  const { recorder, sent, results } = makeRecorder(() => new Promise(resolve => answers.push(resolve)));
  const all = Array.from({ length: 1_000 }, (_, index) => recorder.record({ ...WISH, message: String(index) }));
  await settled();
  expect([sent.length, results().length]).toEqual([32, 968]);
  answers.forEach(answer => answer());
  await Promise.all(all);
  expect(results().filter(result => result === 'dropped')).toHaveLength(968);
  expect(results().filter(result => result === 'sent')).toHaveLength(32);
  const next = recorder.record({ ...WISH, message: 'dropped before' });
  await settled();
  answers.at(-1)?.();
  await next;
  expect(sent).toHaveLength(33);
});
