/** Decides what a workspace runs on: what its class gives, and where the class gives nothing, what it asks for itself. */
import { quantityValue } from '../quantity.js';

type Quantity = string | number;

export interface ComputeRequest {
  readonly cpu: Quantity;
  readonly memory: Quantity;
}

export interface OfferedClass {
  readonly resources: {
    readonly cpu?: Quantity | undefined;
    readonly memory?: Quantity | undefined;
    readonly extended?: Readonly<Record<string, number>> | undefined;
  };
  readonly limits?: { readonly cpu?: Quantity | undefined; readonly memory?: Quantity | undefined } | undefined;
}

export interface ResolvedCompute extends ComputeRequest {
  readonly extended: Readonly<Record<string, number>>;
  /** What the class does not allow of it, as sentences. */
  readonly problems: readonly string[];
}

export function resolveCompute(request: ComputeRequest, offered?: OfferedClass): ResolvedCompute {
  const { resources = {}, limits = {} } = offered ?? {};
  const problems = (['cpu', 'memory'] as const).flatMap(resource => {
    const limit = limits[resource];
    if (resources[resource] !== undefined || limit === undefined) return [];
    if (quantityValue(request[resource]) <= quantityValue(limit)) return [];
    return [`It asks for ${request[resource]} ${resource}; its compute class allows at most ${limit}.`];
  });
  return {
    cpu: resources.cpu ?? request.cpu,
    memory: resources.memory ?? request.memory,
    extended: resources.extended ?? {},
    problems
  };
}
