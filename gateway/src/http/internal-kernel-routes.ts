/** What the Jupyter server's half asks and tells about the processes of kernels, parsed and answered as all of the API is. */
import type { Router } from 'express';
import { z } from 'zod';
import { KernelId, KernelLaunch, KernelLaunchPlan, KernelStarted, type Route } from '../contract/index.js';
import type { Platform } from '../platform/platform.js';
import { bindRoute, type Call } from './bind-route.js';

export type InternalPlatform = Pick<Platform, 'launchKernel' | 'kernelStarted' | 'kernelEnded'>;

const KernelParams = z.strictObject({ id: KernelId });

const LAUNCH = {
  method: 'post',
  path: '/kernels/launch',
  summary: 'How to start a kernel; what it holds is its own from here on',
  body: KernelLaunch,
  answer: { status: 200, schema: KernelLaunchPlan }
} as const satisfies Route;

const STARTED = {
  method: 'post',
  path: '/kernels/{id}/started',
  summary: 'Its process is there',
  params: KernelParams,
  body: KernelStarted,
  answer: { status: 204, schema: null }
} as const satisfies Route;

const ENDED = {
  method: 'post',
  path: '/kernels/{id}/ended',
  summary: 'Its process has ended and is not started again',
  params: KernelParams,
  answer: { status: 204, schema: null }
} as const satisfies Route;

/** Adds the routes. */
export function internalKernelRoutes(
  router: Router,
  platform: InternalPlatform,
  { checkAnswers }: { readonly checkAnswers: boolean }
): void {
  const bind = <R extends Route>(route: R, handler: (call: Call<R>) => Promise<unknown>): void =>
    bindRoute(router, route, call => handler(call), checkAnswers);
  bind(LAUNCH, ({ actor, body }) => platform.launchKernel(actor, body));
  bind(STARTED, ({ actor, params, body }) => platform.kernelStarted(actor, params.id, body.pid));
  bind(ENDED, ({ actor, params }) => platform.kernelEnded(actor, params.id));
}
