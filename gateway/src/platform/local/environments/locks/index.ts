export { environmentHash, type InterpreterIdentity } from './environment-hash.js';
export { contentsFor, type Lock, minorOf, pythonProblem, requestedFor } from './lock.js';
export { LockTool, type LockToolOptions } from './lock-tool.js';
export type { MarkerVariables } from './marker.js';
export { portableLock } from './read-uv-lock.js';
export type { ResolvableSource, ResolvedLock, ResolveOptions } from './resolving.js';
export { type LockedPackage, normalisedName } from './requirements-text.js';
