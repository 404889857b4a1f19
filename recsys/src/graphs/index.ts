export { budgetPassGraph } from './budget-pass.js';
export { DEVICE_CANDIDATES, DEVICE_LIMITS, deviceScan } from './device-scan.js';
export { floatTile, TILE_MODES } from './float-tile.js';
export {
  type ItemTile,
  MAX_CANDIDATES,
  type QuantisedTile,
  sessionTiles,
  stripsOf,
  type TileLimits
} from './item-tile.js';
export { type PassCap, type PassShape, passShape } from './pass-shape.js';
export { quantisedScan } from './quantised-scan.js';
