/** An environment: what runs in a workspace. Those in the platform's namespace are the catalogue; people make their own. */
import { z } from 'zod';
import type { CustomResource } from './custom-resource.js';
import { GROUP, VERSION } from './names.js';
import type { ApiResource, CustomObject } from './resource.js';
import { neverChanges, withRules } from './schema/rule.js';
import { line } from './schema/text.js';

export const ENVIRONMENTS: ApiResource = {
  group: GROUP,
  version: VERSION,
  plural: 'environments',
  kind: 'Environment',
  namespaced: true
};

export const MAX_IMAGE_LENGTH = 512;

/** The grammar of image references, with a digest: a tag may be moved to another image, a digest may not. */
const IMAGE =
  /^[a-zA-Z0-9]([-.a-zA-Z0-9]*[a-zA-Z0-9])?(:[0-9]{1,5})?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:[_a-zA-Z0-9][-._a-zA-Z0-9]*)?@sha256:[a-f0-9]{64}$/;

export const EnvironmentSpec = z
  .strictObject({
    image: withRules(
      z.string().min(1).max(MAX_IMAGE_LENGTH).regex(IMAGE),
      neverChanges('the image of an environment')
    ).describe('The image, by digest: registry.example/name@sha256:… with 64 hexadecimal digits. Never changes.'),
    displayName: line(100).optional().describe('What people see it called; its name if there is nothing here.')
  })
  .describe('What it is.');

export type EnvironmentSpec = z.output<typeof EnvironmentSpec>;
export type Environment = CustomObject<EnvironmentSpec>;

export const ENVIRONMENT: CustomResource = {
  resource: ENVIRONMENTS,
  description: 'what runs in a workspace.',
  shortName: 'benv',
  spec: EnvironmentSpec,
  columns: [
    { name: 'Image', type: 'string', jsonPath: '.spec.image' },
    { name: 'Display Name', type: 'string', jsonPath: '.spec.displayName' }
  ]
};
