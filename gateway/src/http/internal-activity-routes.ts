/** Where the agent inside a Jupyter server tells its judge what it has seen, and hears what follows. */
import { AgentSays, JudgeSays } from '@berth/operator/plan';
import type { Router } from 'express';
import type { Route } from '../contract/index.js';
import type { Platform } from '../platform/platform.js';
import { bindRoute, type Call } from './bind-route.js';

export type ActivityPlatform = Pick<Platform, 'judgeActivity'>;

const EXCHANGE = {
  method: 'post',
  path: '/activity',
  summary: 'What an agent has seen since the last time, and what the judge says of it',
  body: AgentSays,
  answer: { status: 200, schema: JudgeSays }
} as const satisfies Route;

/** Adds the route. */
export function internalActivityRoutes(
  router: Router,
  platform: ActivityPlatform,
  { checkAnswers }: { readonly checkAnswers: boolean }
): void {
  const exchange = ({ actor, body }: Call<typeof EXCHANGE>): Promise<JudgeSays> => platform.judgeActivity(actor, body);
  bindRoute(router, EXCHANGE, call => exchange(call), checkAnswers);
}
