/** Decides what a process finds in its environment so that it keeps to the compute that it was given. */

/** Each library counts the cores of the machine unless it is told otherwise. */
const THREAD_VARIABLES = [
  'OMP_NUM_THREADS',
  'MKL_NUM_THREADS',
  'OPENBLAS_NUM_THREADS',
  'BLIS_NUM_THREADS',
  'VECLIB_MAXIMUM_THREADS',
  'NUMEXPR_MAX_THREADS',
  'NUMEXPR_NUM_THREADS',
  'POLARS_MAX_THREADS',
  'RAYON_NUM_THREADS'
];

/**
 * By id, not by number: a number means another GPU to each library that sorts them in its own way. Without devices the
 * empty list hides every GPU, which otherwise nobody would account for.
 */
export function computeVariables(devices: readonly string[], threads?: number): Record<string, string> {
  const visible = { CUDA_VISIBLE_DEVICES: devices.join(',') };
  if (devices.length > 0) return { ...visible, CUDA_DEVICE_ORDER: 'PCI_BUS_ID' };
  if (threads === undefined) return visible;
  return { ...visible, ...Object.fromEntries(THREAD_VARIABLES.map(name => [name, String(threads)])) };
}
