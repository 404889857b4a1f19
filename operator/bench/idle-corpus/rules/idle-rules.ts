import { coder } from './coder.ts';
import { dstack } from './dstack.ts';
import { idleCuller } from './idle-culler.ts';
import type { IdleRule } from './idle-rule.ts';
import { kubeflowV1 } from './kubeflow-v1.ts';
import { kubeflowV2 } from './kubeflow-v2.ts';
import { runai } from './runai.ts';
import { sagemaker } from './sagemaker.ts';

/** The incumbents' rules, by the name under which the bench reports them. */
export const IDLE_RULES: Readonly<Record<string, IdleRule>> = {
  kubeflow_v1: kubeflowV1,
  kubeflow_v2: kubeflowV2,
  idle_culler: idleCuller,
  sagemaker,
  coder,
  dstack,
  runai
};
