/** The custom resources that there are. */
import { COMPUTE_CLASS } from './compute-class.js';
import type { CustomResource } from './custom-resource.js';
import { ENVIRONMENT } from './environment.js';
import { WORKSPACE } from './workspace.js';

export const CUSTOM_RESOURCES: readonly CustomResource[] = [WORKSPACE, ENVIRONMENT, COMPUTE_CLASS];
