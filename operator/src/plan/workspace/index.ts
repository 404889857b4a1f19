export * from './seen-workspace.js';
export * from './workspace-report.js';
export * from './plan-workspace.js';
export * from './plan-leftovers.js';
export * from './resolve-compute.js';
export * from './refused-report.js';
