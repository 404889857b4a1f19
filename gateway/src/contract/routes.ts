/** Every HTTP endpoint below `/api/v1`, once: the router checks against it and the OpenAPI document is made from it. */
import { z } from 'zod';
import {
  Environment,
  EnvironmentDetail,
  EnvironmentList,
  EnvironmentName,
  EnvironmentRequest,
  Garbage,
  LockInspection,
  LockView
} from './environment.js';
import { KernelId, KernelList, KernelRequest, KernelView } from './kernel.js';
import { LogPage, LogQuery } from './log.js';
import { OfferList, Usage, UsageQuery } from './offer.js';
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
const EnvironmentParams = z.strictObject({ name: EnvironmentName });
const KernelParams = z.strictObject({ id: KernelId });
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
  getUsage: {
    method: 'get',
    path: '/usage',
    summary: 'How busy the machine, its devices and whoever holds them are',
    query: UsageQuery,
    answer: ok(Usage)
  },
  listKernels: {
    method: 'get',
    path: '/kernels',
    summary: 'Kernels that hold or wait for compute',
    answer: ok(KernelList)
  },
  claimKernel: {
    method: 'post',
    path: '/kernels',
    summary: 'Ask for compute for a notebook’s kernel; asking the same again changes nothing',
    body: KernelRequest,
    answer: { status: 201, schema: KernelView }
  },
  getKernelVerdict: {
    method: 'post',
    path: '/kernels/verdict',
    summary: 'What would happen if this were asked for now, once its environment is there; nothing is changed',
    body: KernelRequest,
    answer: ok(Verdict)
  },
  releaseKernel: {
    method: 'delete',
    path: '/kernels/{id}',
    summary:
      'Leave the queue, or give back compute that no kernel has taken yet; a running kernel is shut down instead',
    params: KernelParams,
    answer: { status: 204, schema: null }
  },
  listEnvironments: { method: 'get', path: '/environments', summary: 'The environments', answer: ok(EnvironmentList) },
  createEnvironment: {
    method: 'post',
    path: '/environments',
    summary:
      'Define one and make it; returns at once, progress comes as events. The same again returns the one that exists',
    body: EnvironmentRequest,
    answer: { status: 202, schema: Environment }
  },
  getEnvironment: {
    method: 'get',
    path: '/environments/{name}',
    summary: 'One environment with its lock and all that is in it',
    params: EnvironmentParams,
    answer: ok(EnvironmentDetail)
  },
  makeEnvironment: {
    method: 'post',
    path: '/environments/{name}/create',
    summary: 'Make it unless it is there; returns at once, progress comes as events',
    params: EnvironmentParams,
    answer: { status: 202, schema: Environment }
  },
  repairEnvironment: {
    method: 'post',
    path: '/environments/{name}/repair',
    summary: 'Make its files anew as the lock says; returns at once, progress comes as events',
    params: EnvironmentParams,
    answer: { status: 202, schema: Environment }
  },
  deleteEnvironment: {
    method: 'delete',
    path: '/environments/{name}',
    summary: 'Forget it and delete its files; refused while somebody uses it',
    params: EnvironmentParams,
    answer: { status: 204, schema: null }
  },
  inspectLock: {
    method: 'post',
    path: '/locks/inspect',
    summary: 'Read a lock, such as that of a notebook; nothing is executed, fetched or changed',
    body: LockInspection,
    answer: ok(LockView)
  },
  listGarbage: {
    method: 'get',
    path: '/garbage',
    summary: 'Files of environments that nobody uses',
    answer: ok(Garbage)
  },
  collectGarbage: {
    method: 'post',
    path: '/garbage/collect',
    summary: 'Delete them; what is used again by now stays. Answers with what was deleted',
    answer: ok(Garbage)
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
