export { LocalKernels } from './local-kernels.js';
export type { LocalKernelsOptions } from './local-kernels.js';
