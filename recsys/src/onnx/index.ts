export type { ElementType } from './element-type.js';
export { ELEMENT_TYPES } from './element-type.js';
export * from './encode-model.js';
export * from './graph-builder.js';
export * from './graph-problems.js';
export type {
  Attribute,
  Domain,
  ExternalData,
  Graph,
  Initializer,
  InlineInitializer,
  Node,
  ValueInfo
} from './graph.js';
export * from './inline-initializers.js';
