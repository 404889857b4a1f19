export * from './local-environments.js';
