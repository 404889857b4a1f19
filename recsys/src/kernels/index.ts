export * from './search-exact.js';
