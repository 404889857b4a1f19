export * from './names.js';
export * from './resource.js';
export * from './condition.js';
export * from './workspace.js';
export * from './workspace-activity.js';
export * from './idle-policy.js';
export * from './environment.js';
export * from './compute-class.js';
export type { Quantity } from './schema/quantity.js';
