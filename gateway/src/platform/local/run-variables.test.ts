import { inheritedVariables, runVariables } from './run-variables.js';

test('a run inherits no token, no Jupyter, no torchrun and no other Python', () => {
  const env = {
    HOME: '/h',
    PATH: '/bin',
    BERTH_RESUME: '1',
    JUPYTERHUB_API_TOKEN: 't',
    JPY_API_TOKEN: 't',
    PYTHONPATH: '/p',
    RANK: '3',
    MASTER_PORT: '1',
    PET_NNODES: '2',
    VIRTUAL_ENV: '/v',
    GONE: undefined
  };
  expect(inheritedVariables(env)).toEqual({ HOME: '/h', PATH: '/bin' });
});

test('the programs of its environment come first, and nobody overrides what the contract promises', () => {
  const surroundings = {
    python: '/env/bin/python',
    checkpoints: '/c',
    outputs: '/o',
    inherited: { PATH: '/bin' },
    offer: 'gpu-nvidia-h200',
    environment: 'default',
    lockHash: '1a2b',
    compute: { CUDA_VISIBLE_DEVICES: 'GPU-1' }
  };
  const asked = { LR: '1', BERTH_OUTPUT_DIR: '/tmp', BERTH_RESUME: '1', CUDA_VISIBLE_DEVICES: '0,1,2,3' };
  const want = {
    PATH: '/env/bin:/bin',
    VIRTUAL_ENV: '/env',
    LR: '1',
    BERTH_CHECKPOINT_DIR: '/c',
    BERTH_OUTPUT_DIR: '/o',
    BERTH_OFFER: 'gpu-nvidia-h200',
    BERTH_ENVIRONMENT: 'default',
    BERTH_LOCK_HASH: '1a2b',
    CUDA_VISIBLE_DEVICES: 'GPU-1'
  };
  expect(runVariables({ ...surroundings, asked, resumed: false })).toEqual(want);
  expect(runVariables({ ...surroundings, asked, resumed: true })).toEqual({ ...want, BERTH_RESUME: '1' });
});
