import { openApiDocument } from './openapi.js';
import { ROUTES } from './routes.js';

interface Operation {
  operationId: string;
  parameters?: { name: string; in: string; required: boolean; schema: object }[];
  requestBody?: { content: { 'application/json': { schema: { $ref: string } } } };
  responses: Record<string, { content?: Record<string, { schema: { $ref?: string; type?: string } }> }>;
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, { required?: string[]; properties?: Record<string, { $ref?: string }> }> };
}

const document = openApiDocument() as unknown as Document;

test('it has every route of the contract and no other', () => {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => `${operation.operationId}: ${method} ${path}`)
  );
  expect(operations.sort()).toEqual(
    Object.entries(ROUTES)
      .map(([name, route]) => `${name}: ${route.method} ${route.path}`)
      .sort()
  );
});

test('every reference has its component, and every component is referred to', () => {
  const text = JSON.stringify(document);
  const referred = new Set([...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(match => match[1]));
  expect([...referred].sort()).toEqual(Object.keys(document.components.schemas).sort());
  expect(text).not.toContain('$defs');
  expect(text).not.toContain('9007199254740991');
});

test('what is sent may leave out defaults, what is answered has them', () => {
  const { schemas } = document.components;
  expect(document.paths['/runs']?.['post']?.requestBody?.content['application/json'].schema.$ref).toMatch(
    /\/RunSubmission$/
  );
  expect(schemas['RunSubmission']?.required).toEqual(['notebook']);
  expect(schemas['Run']?.properties?.['request']?.$ref).toMatch(/\/RunSubmissionWithDefaults$/);
  expect(schemas['RunSubmissionWithDefaults']?.required).toContain('graceMs');
});

test('parameters of path and query are described', () => {
  const parameters = document.paths['/runs/{id}/logs']?.['get']?.parameters ?? [];
  expect(parameters.map(({ name, in: where, required }) => `${where} ${name} ${required}`)).toEqual([
    'path id true',
    'query rank false',
    'query attempt false',
    'query cursor false',
    'query tail false',
    'query contains false',
    'query limit false'
  ]);
});

test('every operation documents its good answer and the failures that all can have', () => {
  for (const methods of Object.values(document.paths)) {
    for (const operation of Object.values(methods)) {
      expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['400', '401', '500', '503']));
    }
  }
  const download = document.paths['/runs/{id}/logs/download']?.['get']?.responses['200'];
  expect(download?.content).toEqual({ 'text/plain': { schema: { type: 'string' } } });
  expect(document.paths['/runs/{id}']?.['delete']?.responses['204']?.content).toBeUndefined();
});

test('it is the same each time', () => {
  expect(JSON.stringify(openApiDocument())).toBe(JSON.stringify(document));
});
