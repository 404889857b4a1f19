export * from './atomic-file.js';
export * from './storage-errors.js';
