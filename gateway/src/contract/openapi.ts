/** The OpenAPI document, made from the routes and schemas of the contract; nothing in it is written twice. */
import { z } from 'zod';
import { ErrorBody, type ErrorCode, HTTP_STATUS } from './error.js';
import { CLOSE, GatewayEvent } from './event.js';
import { type Route, ROUTES, type RouteName } from './routes.js';

type Json = Record<string, unknown>;
type Side = 'input' | 'output';

const COMPONENTS = '#/components/schemas/';
/** What a client sends may leave out what has a default; in an answer it is always there: two schemas with two names. */
const FILLED_SUFFIX = 'WithDefaults';

const DESCRIPTION = `Berth's one API, as the gateway serves it on its Unix socket below \`/api/v1\`; browsers reach it through their
Jupyter server, below \`berth/api/v1\`, with that server's own login and XSRF check.

Every failure has the body \`Error\`: a stable \`code\`, a sentence for people, and \`problems\` that name each wrong field and what
would be right. A method that a path does not have is answered with 405. Answers are never to be cached.`;

const EVENTS = `A WebSocket at \`/events\` sends every change as one JSON text, a \`GatewayEvent\`; the client sends nothing. The first is
always \`hello\`: with \`?cursor=\` of the last event seen, everything after it follows (\`resumed\`); otherwise, or when that is too
long ago, the hello has a snapshot. Of several changes to one thing while a client was away, it gets the last.`;

/** Which failures a route can have beyond those that all can have. */
const MORE_ERRORS: { readonly [Name in RouteName]?: readonly ErrorCode[] } = {
  submitRun: ['not-found', 'never-fits', 'storage-full'],
  cancelRun: ['conflict'],
  retryRun: ['conflict', 'storage-full'],
  deleteRun: ['conflict'],
  claimKernel: ['not-found', 'conflict', 'never-fits', 'storage-full'],
  releaseKernel: ['conflict'],
  createEnvironment: ['not-found', 'conflict', 'storage-full'],
  makeEnvironment: ['conflict'],
  repairEnvironment: ['conflict'],
  deleteEnvironment: ['conflict']
};

const NAMED: Readonly<Record<Side, Readonly<Record<string, Json>>>> = {
  input: namedSchemas('input'),
  output: namedSchemas('output')
};

/** The whole document; the same contract always gives the same one. */
export function openApiDocument(): Json {
  const paths: Record<string, Json> = {};
  for (const name of Object.keys(ROUTES) as RouteName[]) {
    const route: Route = ROUTES[name];
    (paths[route.path] ??= {})[route.method] = operationOf(name, route);
  }
  const events = {
    path: '/events',
    description: EVENTS,
    message: refTo(GatewayEvent, 'output'),
    closeCodes: Object.fromEntries(Object.entries(CLOSE).map(([reason, code]) => [String(code), reason]))
  };
  const document = { paths, 'x-events': events };
  return {
    openapi: '3.1.1',
    info: {
      title: 'Berth',
      version: 'v1',
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' }
    },
    servers: [{ url: '/berth/api/v1', description: 'Below the base URL of a Jupyter server' }],
    security: [{ token: [] }],
    ...document,
    components: {
      schemas: reachableComponents(document),
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'The gateway’s token of this start; the Jupyter server adds it'
        }
      }
    }
  };
}

function operationOf(name: RouteName, route: Route): Json {
  const parameters = [...parametersOf(route.params, 'path'), ...parametersOf(route.query, 'query')];
  const body = route.body && {
    required: true,
    content: { 'application/json': { schema: refTo(route.body, 'input') } }
  };
  return {
    operationId: name,
    summary: route.summary,
    tags: [route.path.split('/')[1]],
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: body }),
    responses: { ...goodAnswer(route), ...errorAnswers(name, route) }
  };
}

function parametersOf(schema: z.ZodObject | undefined, where: 'path' | 'query'): Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = plainSchema(schema, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: where,
    required: required.includes(name),
    ...(description !== undefined && { description }),
    schema: rest
  }));
}

function goodAnswer(route: Route): Json {
  const { status, schema, mediaType = 'application/json' } = route.answer;
  if (schema === null) return { [status]: { description: 'Done; there is nothing to say' } };
  return { [status]: { description: 'Done', content: { [mediaType]: { schema: refTo(schema, 'output') } } } };
}

function errorAnswers(name: RouteName, route: Route): Json {
  const codes = new Set<ErrorCode>(['invalid-input', 'unauthenticated', 'shutting-down', ...(MORE_ERRORS[name] ?? [])]);
  if (route.params !== undefined) codes.add('not-found');
  if (route.body !== undefined) codes.add('too-large');
  const content = { 'application/json': { schema: refTo(ErrorBody, 'output') } };
  const entries = [...codes].map(code => [HTTP_STATUS[code], { description: `\`${code}\``, content }] as const);
  return Object.fromEntries([
    ...entries,
    [500, { description: '`internal`: a bug; the gateway’s log has the details', content }]
  ]);
}

/** A `$ref` for what has a name, the schema itself for what has none. */
function refTo(schema: z.ZodType, side: Side): Json {
  const id = z.globalRegistry.get(schema)?.id;
  return id === undefined ? plainSchema(schema, side) : { $ref: `${COMPONENTS}${nameOn(side, id)}` };
}

/** The schema itself, whether it has a name or not; what it is made of stays named. */
function plainSchema(schema: z.ZodType, side: Side): Json {
  const id = z.globalRegistry.get(schema)?.id;
  if (id !== undefined) return tidy(NAMED[side][id], side) as Json;
  const { $schema: _dialect, $defs: _named, ...rest } = z.toJSONSchema(schema, { io: side });
  return tidy(rest, side) as Json;
}

function namedSchemas(side: Side): Record<string, Json> {
  const { schemas } = z.toJSONSchema(z.globalRegistry, { io: side, uri: id => `${COMPONENTS}${id}` });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $schema: _dialect, $id: _uri, ...rest }]) => [id, rest as Json])
  );
}

function nameOn(side: Side, id: string): string {
  if (side === 'input') return id;
  const isSame = JSON.stringify(NAMED.input[id]) === JSON.stringify(NAMED.output[id]);
  return isSame ? id : `${id}${FILLED_SUFFIX}`;
}

/** The components that the document refers to, and those that these refer to, by name. */
function reachableComponents(document: unknown): Record<string, unknown> {
  const all: Record<string, unknown> = {};
  for (const side of ['input', 'output'] as const) {
    for (const [id, schema] of Object.entries(NAMED[side])) all[nameOn(side, id)] = tidy(schema, side);
  }
  const found: Record<string, unknown> = {};
  const visit = (value: unknown): void => {
    for (const name of refsIn(value)) {
      if (name in found) continue;
      found[name] = all[name];
      visit(all[name]);
    }
  };
  visit(document);
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function refsIn(value: unknown): string[] {
  return [...JSON.stringify(value).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(
    ([, name]) => name as string
  );
}

/** Points references at the components, and leaves out bounds that say no more than that a double holds the integer. */
function tidy(value: unknown, side: Side): unknown {
  if (Array.isArray(value)) return value.map(item => tidy(item, side));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, entry]) => Math.abs(Number(entry)) !== Number.MAX_SAFE_INTEGER);
  return Object.fromEntries(
    kept.map(([key, entry]) => [key, key === '$ref' ? namedRef(entry, side) : tidy(entry, side)])
  );
}

function namedRef(ref: unknown, side: Side): string {
  const id = String(ref).split('/').at(-1) ?? '';
  return `${COMPONENTS}${nameOn(side, id)}`;
}
