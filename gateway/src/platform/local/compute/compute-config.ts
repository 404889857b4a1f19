/** What an administrator may say about the GPUs of this machine, by environment variables. */

export interface ComputeConfig {
  /** The program that knows the GPUs. */
  readonly nvidiaSmi: string;
  /** By how many runs and kernels a whole GPU is shared; 1: by none. */
  readonly gpuShares: number;
}

const MOST_SHARES = 64;

/**
 * Reads BERTH_NVIDIA_SMI (default `nvidia-smi`, found on the path) and BERTH_GPU_SHARES (default: GPUs are not shared).
 *
 * @throws Error naming what is wrong and what would be right
 */
export function readComputeConfig(variables: Readonly<Record<string, string | undefined>>): ComputeConfig {
  const { BERTH_GPU_SHARES: shares, BERTH_NVIDIA_SMI: program } = variables;
  const gpuShares = shares === undefined ? 1 : Number(shares);
  const isShares = Number.isInteger(gpuShares) && gpuShares >= 2 && gpuShares <= MOST_SHARES && shares?.trim() !== '';
  if (shares !== undefined && !isShares) {
    throw new Error(
      `BERTH_GPU_SHARES=${shares}: want by how many each GPU is shared, an integer from 2 to ${MOST_SHARES}; leave it out to share none`
    );
  }
  return { nvidiaSmi: program === undefined || program === '' ? 'nvidia-smi' : program, gpuShares };
}
