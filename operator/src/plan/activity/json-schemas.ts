/** The published JSON schemas: of a trace, so that anyone can write one, and of what one layer says of a policy. */
import { z } from 'zod';
import { PolicyPart } from './activity-policy.js';
import { Trace } from './trace.js';

/** By the name of the file, beside this one. */
export function jsonSchemas(): Readonly<Record<string, object>> {
  return {
    'trace.schema.json': { ...schemaOf(Trace), title: 'A trace of what a kernel or a workspace did' },
    'policy-part.schema.json': { ...schemaOf(PolicyPart), title: 'What one layer says of when idle compute goes' }
  };
}

/** As it is written, so that what may be left out may be. */
function schemaOf(schema: z.ZodType): object {
  return z.toJSONSchema(schema, { io: 'input' });
}
