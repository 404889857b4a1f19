export { LocalCompute } from './local-compute.js';
export type { LocalComputeOptions } from './local-compute.js';
export type { Machine } from './machine.js';
