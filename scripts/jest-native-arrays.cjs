/**
 * Node's environment for tests, whose typed arrays are those that native code knows: in a realm of jest's own onnxruntime-node takes no
 * Float32Array for one. A test file asks for it with `@jest-environment ./scripts/jest-native-arrays.cjs`.
 */
const { TestEnvironment } = require('jest-environment-node');

const SHARED = [
  'ArrayBuffer',
  'BigInt64Array',
  'BigUint64Array',
  'Float32Array',
  'Float64Array',
  'Int16Array',
  'Int32Array',
  'Int8Array',
  'Uint16Array',
  'Uint32Array',
  'Uint8Array',
  'Uint8ClampedArray'
];

module.exports = class NativeArrays extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    for (const name of SHARED) this.global[name] = globalThis[name];
  }
};
