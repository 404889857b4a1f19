/** Every HTTP endpoint below `/api/v1`, once: the router checks against it and the OpenAPI document is made from it. */
import { z } from 'zod';
import { Environment, EnvironmentList } from './environment.js';
import { LogPage, LogQuery } from './log.js';
import { OfferList } from './offer.js';
import { RunId, RunList, RunSubmission, RunView, Verdict } from './run.js';

export interface Route {
  readonly method: 'get' | 'post' | 'delete';
  /** Below /api/v1, parameters as `{name}`. */
  readonly path: string;
  readonly summary: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** The good answer; `null`: an empty 204. */
  readonly answer: { readonly status: number; readonly schema: z.ZodType | null; readonly mediaType?: string };
}

const RunParams = z.strictObject({ id: RunId });
const EnvironmentParams = z.strictObject({ name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/) });
const ok = (schema: z.ZodType) => ({ status: 200, schema });

export const ROUTES = {
  listOffers: {
    method: 'get',
    path: '/offers',
    summary: 'The compute there is, and who has it',
    answer: ok(OfferList)
  },
  getVerdict: {
    method: 'post',
    path: '/verdict',
    summary: 'What would happen if this were submitted now; nothing is changed',
    body: RunSubmission,
    answer: ok(Verdict)
  },
  listEnvironments: { method: 'get', path: '/environments', summary: 'The environments', answer: ok(EnvironmentList) },
  createEnvironment: {
    method: 'post',
    path: '/environments/{name}/create',
    summary: 'Make it unless it is there; returns at once, progress comes as events',
    params: EnvironmentParams,
    answer: { status: 202, schema: Environment }
  },
  cancelEnvironment: {
    method: 'post',
    path: '/environments/{name}/cancel',
    summary: 'Stop making it; what was downloaded stays cached',
    params: EnvironmentParams,
    answer: { status: 202, schema: Environment }
  },
  submitRun: {
    method: 'post',
    path: '/runs',
    summary: 'Take a snapshot of the notebook’s folder and queue a run',
    body: RunSubmission,
    answer: { status: 201, schema: RunView }
  },
  listRuns: { method: 'get', path: '/runs', summary: 'All runs, newest first', answer: ok(RunList) },
  getRun: { method: 'get', path: '/runs/{id}', summary: 'One run', params: RunParams, answer: ok(RunView) },
  cancelRun: {
    method: 'post',
    path: '/runs/{id}/cancel',
    summary: 'Stop it: SIGTERM, the grace, SIGKILL; a queued run just leaves the queue',
    params: RunParams,
    answer: { status: 202, schema: RunView }
  },
  retryRun: {
    method: 'post',
    path: '/runs/{id}/retry',
    summary: 'Queue another attempt with the same bundle; it resumes from the checkpoint where there is one',
    params: RunParams,
    answer: { status: 202, schema: RunView }
  },
  deleteRun: {
    method: 'delete',
    path: '/runs/{id}',
    summary: 'Forget an ended run and its logs; what lies beside the notebook stays',
    params: RunParams,
    answer: { status: 204, schema: null }
  },
  getLogs: {
    method: 'get',
    path: '/runs/{id}/logs',
    summary: 'A page of one rank’s log',
    params: RunParams,
    query: LogQuery,
    answer: ok(LogPage)
  },
  downloadLogs: {
    method: 'get',
    path: '/runs/{id}/logs/download',
    summary: 'One rank’s whole log as text',
    params: RunParams,
    query: LogQuery.pick({ rank: true, attempt: true }),
    answer: { status: 200, schema: z.string(), mediaType: 'text/plain' }
  }
} as const satisfies Record<string, Route>;
export type RouteName = keyof typeof ROUTES;
