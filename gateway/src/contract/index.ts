export * from './environment.js';
export * from './error.js';
export * from './event.js';
export * from './kernel.js';
export * from './log.js';
export * from './offer.js';
export * from './routes.js';
export * from './run.js';
