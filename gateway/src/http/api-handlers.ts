/** What each route of the contract asks of the platform. */
import type { Platform } from '../platform/platform.js';
import type { Handlers } from './bind-route.js';

export function apiHandlers(platform: Platform): Handlers {
  return {
    listOffers: async ({ actor }) => ({ offers: await platform.offers(actor) }),
    getVerdict: ({ actor, body, signal }) => platform.verdict(actor, body, signal),
    listEnvironments: async ({ actor }) => ({ environments: await platform.environments(actor) }),
    createEnvironment: ({ actor, params }) => platform.createEnvironment(actor, params.name),
    cancelEnvironment: ({ actor, params }) => platform.cancelEnvironment(actor, params.name),
    submitRun: ({ actor, body, signal }) => platform.submit(actor, body, signal),
    listRuns: async ({ actor }) => ({ runs: await platform.runs(actor) }),
    getRun: ({ actor, params }) => platform.run(actor, params.id),
    cancelRun: ({ actor, params }) => platform.cancel(actor, params.id),
    retryRun: ({ actor, params }) => platform.retry(actor, params.id),
    deleteRun: ({ actor, params }) => platform.delete(actor, params.id),
    getLogs: ({ actor, params, query }) => platform.logs(actor, params.id, query),
    downloadLogs: async ({ actor, params, query }) => ({
      fileName: `${params.id}${query.attempt === undefined ? '' : `-attempt-${query.attempt}`}-rank-${query.rank}.log`,
      text: platform.logText(actor, params.id, query)
    })
  };
}
