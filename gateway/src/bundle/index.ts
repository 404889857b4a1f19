export * from './bundle-limits.js';
export * from './bundle-store.js';
export type { CollectedOutputs } from './collect-outputs.js';
export * from './git-state.js';
export { LEFT_OUT_FOLDERS } from './left-out.js';
export type { Manifest } from './manifest.js';
export * from './survey-folder.js';
