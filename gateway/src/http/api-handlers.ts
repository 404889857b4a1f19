/** What each route of the contract asks of the platform. */
import type { Platform } from '../platform/platform.js';
import type { Handlers } from './bind-route.js';

export function apiHandlers(platform: Platform): Handlers {
  return {
    listOffers: async ({ actor }) => ({ offers: await platform.offers(actor) }),
    getVerdict: ({ actor, body, signal }) => platform.verdict(actor, body, signal),
    getUsage: ({ actor, query }) => platform.usage(actor, query),
    listKernels: async ({ actor }) => ({ kernels: await platform.kernels(actor) }),
    claimKernel: ({ actor, body }) => platform.claimKernel(actor, body),
    getKernelVerdict: ({ actor, body }) => platform.kernelVerdict(actor, body),
    releaseKernel: ({ actor, params }) => platform.releaseKernel(actor, params.id),
    listEnvironments: async ({ actor }) => ({ environments: await platform.environments(actor) }),
    createEnvironment: ({ actor, body }) => platform.createEnvironment(actor, body),
    getEnvironment: ({ actor, params }) => platform.environment(actor, params.name),
    makeEnvironment: ({ actor, params }) => platform.makeEnvironment(actor, params.name),
    repairEnvironment: ({ actor, params }) => platform.repairEnvironment(actor, params.name),
    deleteEnvironment: ({ actor, params }) => platform.deleteEnvironment(actor, params.name),
    inspectLock: ({ actor, body }) => platform.inspectLock(actor, body.text),
    listGarbage: ({ actor }) => platform.garbage(actor),
    collectGarbage: ({ actor }) => platform.collectGarbage(actor),
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
