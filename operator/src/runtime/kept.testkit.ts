/** Logs and metrics that a test reads. */
import type { ControllerMetrics } from './controller.js';
import type { EventMetrics } from './events.js';
import type { ElectionMetrics } from './leader-election.js';
import type { Log, LogFields, LogLevel } from './log.js';

export interface Logged {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

/** A log and the lines that were given to it. */
export function keptLog(): {
  readonly log: Log;
  readonly lines: Logged[];
  readonly messages: (level: LogLevel) => string[];
} {
  const lines: Logged[] = [];
  const at =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}) =>
      void lines.push({ level, message, fields });
  return {
    log: { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') },
    lines,
    messages: level => lines.filter(line => line.level === level).map(({ message }) => message)
  };
}

/** Metrics, and what was counted, in order: `['reconciled', 'workspaces', 'success', 12]`. */
export function keptMetrics(): {
  readonly metrics: ControllerMetrics & EventMetrics & ElectionMetrics;
  readonly counted: unknown[][];
} {
  const counted: unknown[][] = [];
  const keep =
    (name: string) =>
    (...values: unknown[]) =>
      void counted.push([name, ...values]);
  const names = ['taken', 'reconciled', 'queued', 'eventEnded', 'leads', 'leaseWritten'] as const;
  const metrics = Object.fromEntries(names.map(name => [name, keep(name)])) as unknown as ControllerMetrics &
    EventMetrics &
    ElectionMetrics;
  return { metrics, counted };
}
