/** Logs as JSON lines. Messages are constant, so that they can be counted; what varies goes into fields. */

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export type LogFields = Readonly<Record<string, unknown>>;

/** `error` wakes a person, `warn` heals itself, `info` is a change of state, `debug` is a loop. */
export type Log = Readonly<Record<LogLevel, (message: string, fields?: LogFields) => void>>;

export interface LogOptions {
  /** The least important level that is written; default `info`. */
  readonly level?: LogLevel;
  readonly write?: (line: string) => void;
  readonly now?: () => Date;
}

/** Errors become their message with those of their causes; stacks only at level `error`, where a bug is likely. */
export function createLog({ level = 'info', write = toStderr, now = () => new Date() }: LogOptions = {}): Log {
  const threshold = LOG_LEVELS.indexOf(level);
  const at =
    (own: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      if (LOG_LEVELS.indexOf(own) > threshold) return;
      const readable = Object.entries(fields).map(([name, value]) => [name, toField(value, own === 'error')] as const);
      write(JSON.stringify({ time: now().toISOString(), level: own, message, ...Object.fromEntries(readable) }) + '\n');
    };
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };
}

function toStderr(line: string): void {
  process.stderr.write(line);
}

function toField(value: unknown, withStack: boolean): unknown {
  if (!isError(value)) return typeof value === 'bigint' ? String(value) : value;
  return withStack ? (value.stack ?? value.message) : messages(value);
}

/** By shape: errors of Node's own modules are of another realm in tests, and the reason of an abort is a DOMException. */
function isError(value: unknown): value is Error {
  return typeof (value as { stack?: unknown } | null | undefined)?.stack === 'string';
}

function messages(error: Error, depth = 0): string {
  const { cause } = error;
  return isError(cause) && depth < 4 ? `${error.message}: ${messages(cause, depth + 1)}` : error.message;
}
