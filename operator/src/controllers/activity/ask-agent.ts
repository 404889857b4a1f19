/**
 * Asks the agent beside a JupyterLab what it has measured, and tells it what was decided. People can do with their agents what they like: it
 * is heard for a bounded time, a bounded length, and only in the words of the exchange.
 */
import { request, type IncomingMessage } from 'node:http';
import { AgentSays, type JudgeSays } from '../../plan/activity/index.js';
import { type Clock, machineClock } from '../../runtime/clock.js';
import { startDeadline } from '../../runtime/deadline.js';

const LONGEST_MS = 5_000;
/** An agent tells its readings in pieces of half of it. */
const MOST_BYTES = 2 ** 21;
const JSON_TYPE = 'application/json';

export interface AgentAddress {
  readonly host: string;
  readonly port: number;
  readonly token: string;
}

/** Why there is no answer; by these the metrics count. */
export type ExchangeFailure = 'timeout' | 'unreachable' | 'forbidden' | 'status' | 'too-large' | 'malformed';

const SENTENCES: Readonly<Record<ExchangeFailure, string>> = {
  timeout: `Its agent did not answer within ${LONGEST_MS / 1000} s.`,
  unreachable: 'Its agent cannot be reached.',
  forbidden: 'Its agent does not know the operator: its Secret was made with another key.',
  status: 'Its agent answered with an error.',
  'too-large': `Its agent answered with more than ${MOST_BYTES / 2 ** 20} MiB.`,
  malformed: 'Its agent answered something that is no answer.'
};

/** The message is for people. */
export class ExchangeError extends Error {
  override readonly name = 'ExchangeError';
  readonly why: ExchangeFailure;

  constructor(why: ExchangeFailure, options: { readonly cause?: unknown } = {}) {
    super(SENTENCES[why], options);
    this.why = why;
  }
}

/** By shape: `instanceof` lies across realms. */
export function isExchangeError(value: unknown): value is ExchangeError {
  return (value as { name?: unknown } | null)?.name === 'ExchangeError';
}

export interface AgentAnswer {
  readonly says: AgentSays;
  /** How long it was. */
  readonly bytes: number;
}

/** @throws ExchangeError, and the reason of the signal where that is aborted */
export async function askAgent(
  address: AgentAddress,
  says: JudgeSays,
  signal: AbortSignal,
  clock: Clock = machineClock
): Promise<AgentAnswer> {
  using deadline = startDeadline(clock, LONGEST_MS, 'an exchange with an agent', signal);
  try {
    const text = await textOf(await send(address, JSON.stringify(says), deadline.signal));
    return { says: parsed(text), bytes: Buffer.byteLength(text) };
  } catch (error) {
    if (isExchangeError(error)) throw error;
    signal.throwIfAborted();
    throw new ExchangeError(deadline.signal.aborted ? 'timeout' : 'unreachable', { cause: error });
  }
}

/** On a connection of its own: one that is kept for each of so many agents costs more than it saves. */
function send({ host, port, token }: AgentAddress, body: string, signal: AbortSignal): Promise<IncomingMessage> {
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': JSON_TYPE,
    'content-length': Buffer.byteLength(body),
    accept: JSON_TYPE
  };
  return new Promise((resolve, reject) => {
    const call = request({ host, port, path: '/exchange', method: 'POST', headers, signal, agent: false });
    // Who reads the answer is told of its errors; one that is not read may end as it likes.
    const answered = (answer: IncomingMessage): void => resolve(answer.on('error', () => undefined));
    call.on('error', reject).once('response', answered).end(body);
  });
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const { statusCode = 0 } = answer;
  if (statusCode !== 200) {
    answer.destroy();
    throw new ExchangeError(statusCode === 401 || statusCode === 403 ? 'forbidden' : 'status');
  }
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of answer as AsyncIterable<Uint8Array>) {
    bytes += piece.byteLength;
    // What is left is not read: leaving the loop ends the connection.
    if (bytes > MOST_BYTES) throw new ExchangeError('too-large');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

function parsed(text: string): AgentSays {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ExchangeError('malformed', { cause: error });
  }
  const { data, error } = AgentSays.safeParse(value);
  if (data === undefined) throw new ExchangeError('malformed', { cause: error });
  return data;
}
