/**
 * What the one WebSocket sends. The first message is always `hello`: either everything after the client's cursor follows
 * (`resumed`), or the hello carries a snapshot to start from. Messages are JSON texts; the client sends nothing.
 */
import { z } from 'zod';
import { Environment } from './environment.js';
import { KernelView } from './kernel.js';
import { Offer } from './offer.js';
import { RunView } from './run.js';

const Cursor = z.string().describe('Opaque; give the last one as `?cursor=` when connecting again');

export const Snapshot = z
  .strictObject({
    runs: z.array(RunView),
    kernels: z.array(KernelView),
    offers: z.array(Offer),
    environments: z.array(Environment)
  })
  .meta({ id: 'Snapshot' });
export type Snapshot = z.infer<typeof Snapshot>;

export const GatewayEvent = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('hello'), cursor: Cursor, resumed: z.boolean(), snapshot: Snapshot.nullable() }),
    z.strictObject({ type: z.literal('run'), cursor: Cursor, run: RunView }),
    z.strictObject({ type: z.literal('run-deleted'), cursor: Cursor, runId: z.string() }),
    z.strictObject({ type: z.literal('kernel'), cursor: Cursor, kernel: KernelView }),
    z.strictObject({
      type: z.literal('kernel-deleted'),
      cursor: Cursor,
      id: z.string(),
      reason: z
        .string()
        .describe('Why it no longer has, or waits for, compute; for people; empty when it was asked for')
    }),
    z.strictObject({ type: z.literal('environment-deleted'), cursor: Cursor, name: z.string() }),
    z.strictObject({ type: z.literal('offers'), cursor: Cursor, offers: z.array(Offer) }),
    z.strictObject({ type: z.literal('environment'), cursor: Cursor, environment: Environment }),
    z
      .strictObject({ type: z.literal('alive'), cursor: Cursor })
      .describe('Every 25 s, whatever else happens: a client that hears nothing for a minute should connect again'),
    z
      .strictObject({ type: z.literal('log'), cursor: Cursor, runId: z.string(), attempt: z.int() })
      .describe('There are new lines; at most four a second for one run')
  ])
  .meta({ id: 'GatewayEvent' });
export type GatewayEvent = z.infer<typeof GatewayEvent>;

/** A change as a platform reports it; the stream gives it its cursor. */
export type PlatformChange =
  | { readonly type: 'run'; readonly run: RunView }
  | { readonly type: 'run-deleted'; readonly runId: string }
  | { readonly type: 'kernel'; readonly kernel: KernelView }
  | { readonly type: 'kernel-deleted'; readonly id: string; readonly reason: string }
  | { readonly type: 'environment-deleted'; readonly name: string }
  | { readonly type: 'offers'; readonly offers: Offer[] }
  | { readonly type: 'environment'; readonly environment: Environment }
  | { readonly type: 'log'; readonly runId: string; readonly attempt: number };

/** Why the server closes an event stream. */
export const CLOSE = {
  /** The gateway ends; connect again. */
  shuttingDown: 1001,
  /** The client read too slowly; connect again with the last cursor. */
  tooSlow: 4429,
  /** The client sent something; it has nothing to say here. */
  unexpectedMessage: 4400
} as const;
