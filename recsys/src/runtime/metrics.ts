/** Counts for Prometheus: of requests, of failures by code, of time, and what each corpus and budget takes. */
import { readFileSync } from 'node:fs';

export class Metrics {
  readonly #answered = new Map<string, { count: number; seconds: number }>();
  readonly #failed = new Map<string, number>();

  answered(method: string, ms: number): void {
    const known = this.#answered.get(method) ?? { count: 0, seconds: 0 };
    this.#answered.set(method, { count: known.count + 1, seconds: known.seconds + ms / 1000 });
  }

  failed(method: string, error: unknown): void {
    const code = (error as { code?: unknown } | undefined)?.code;
    const key = `method="${method.replace(/[^\w.]/g, '_').slice(0, 40)}",code="${typeof code === 'string' ? code : 'internal'}"`;
    this.#failed.set(key, (this.#failed.get(key) ?? 0) + 1);
  }

  /** In the text format 0.0.4. */
  text(held: readonly { readonly kind: string; readonly id: string; readonly pid: number | undefined }[]): string {
    const answered = [...this.#answered];
    const lines = [
      '# TYPE berth_recsys_requests_total counter',
      ...answered.map(([method, { count }]) => `berth_recsys_requests_total{method="${method}"} ${count}`),
      '# TYPE berth_recsys_request_seconds_total counter',
      ...answered.map(([method, { seconds }]) => `berth_recsys_request_seconds_total{method="${method}"} ${seconds}`),
      '# TYPE berth_recsys_failures_total counter',
      ...[...this.#failed].map(([key, count]) => `berth_recsys_failures_total{${key}} ${count}`),
      '# TYPE berth_recsys_resident_bytes gauge',
      ...held.map(({ kind, id, pid }) => `berth_recsys_resident_bytes{${kind}="${id}"} ${residentBytes(pid)}`)
    ];
    return `${lines.join('\n')}\n`;
  }
}

/** NaN where it cannot be known: the process has ended, or the system has no /proc. */
function residentBytes(pid: number | undefined): number {
  if (pid === undefined) return NaN;
  try {
    const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kib) * 1024;
  } catch {
    return NaN;
  }
}
