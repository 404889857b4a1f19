/**
 * Structured logging: one JSON object a line. The message is a constant, values are fields. Never give it tokens,
 * cookies, request bodies or the text of a run's log.
 */
export type LogFields = Readonly<Record<string, unknown>>;

/** `error` wakes a person, `warn` heals itself, `info` is a change of state. */
export interface Logger {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
}

/** A logger that hands each finished line to `write`. */
export function jsonLogger(write: (line: string) => void, clock: () => Date): Logger {
  const at =
    (level: string) =>
    (message: string, fields: LogFields = {}): void => {
      const values = Object.entries(fields).map(([key, value]): [string, unknown] => {
        return [key, isError(value) ? toFields(value) : value];
      });
      const line = { time: clock().toISOString(), level, message, ...Object.fromEntries<unknown>(values) };
      write(`${JSON.stringify(line)}\n`);
    };
  return { error: at('error'), warn: at('warn'), info: at('info') };
}

/** By shape: `instanceof` lies across realms. */
function isError(value: unknown): value is Error {
  return typeof (value as { stack?: unknown } | null)?.stack === 'string';
}

function toFields(error: Error): LogFields {
  const { name, stack } = error;
  const cause: unknown = error.cause;
  return { name, stack, ...(isError(cause) && { cause: toFields(cause) }) };
}
