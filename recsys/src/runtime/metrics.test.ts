import { Metrics } from './metrics.js';
import { RuntimeError } from './runtime-error.js';

describe('Metrics', () => {
  test('are counters of requests, seconds and failures, in the text format of Prometheus', () => {
    const metrics = new Metrics();
    metrics.answered('corpus.search', 250);
    metrics.answered('corpus.search', 500);
    metrics.answered('hello', 1);
    metrics.failed('corpus.search', new RuntimeError('cancelled', 'x'));
    metrics.failed('corpus.search', { code: 'cancelled' });
    metrics.failed('corpus.search', new Error('bug'));
    expect(metrics.text([{ kind: 'corpus', id: 'c1', pid: undefined }])).toBe(
      `# TYPE berth_recsys_requests_total counter
berth_recsys_requests_total{method="corpus.search"} 2
berth_recsys_requests_total{method="hello"} 1
# TYPE berth_recsys_request_seconds_total counter
berth_recsys_request_seconds_total{method="corpus.search"} 0.75
berth_recsys_request_seconds_total{method="hello"} 0.001
# TYPE berth_recsys_failures_total counter
berth_recsys_failures_total{method="corpus.search",code="cancelled"} 2
berth_recsys_failures_total{method="corpus.search",code="internal"} 1
# TYPE berth_recsys_resident_bytes gauge
berth_recsys_resident_bytes{corpus="c1"} NaN
`
    );
  });

  test('tell what a process takes', () => {
    const [, bytes] =
      /resident_bytes\{corpus="c2"\} (\d+)/.exec(
        new Metrics().text([{ kind: 'corpus', id: 'c2', pid: process.pid }])
      ) ?? [];
    expect(Number(bytes)).toBeGreaterThan(2 ** 23);
    expect(new Metrics().text([{ kind: 'corpus', id: 'c2', pid: 2 ** 30 }])).toContain('{corpus="c2"} NaN');
  });

  test('hold no text of a client that would break the format, nor more than a little of it', () => {
    const metrics = new Metrics();
    metrics.failed(`a"} 1\nevil{x="${'y'.repeat(500)}`, new RuntimeError('not-found', 'x'));
    const line = metrics
      .text([])
      .split('\n')
      .find(each => each.includes('not-found'));
    expect(line).toMatch(/^berth_recsys_failures_total\{method="[\w.]{40}",code="not-found"\} 1$/);
  });
});
