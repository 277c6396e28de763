import { z } from 'zod';
import { bankApi, problem, type Route } from '../../shared/bank-api/index.ts';

/** The OpenAPI 3.1 description of the stations' API, made from the schemas that check every call. */
export const openApiDescription = (): object => {
  const paths: Record<string, Record<string, object>> = {};
  for (const [operationId, route] of Object.entries<Route>(bankApi)) {
    const path = (paths[route.path] ??= {});
    path[route.method.toLowerCase()] = operationOf(operationId, route);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Bank server',
      version: '1',
      description:
        'For stations. Every connection presents a station certificate (TLS 1.3). Enrolment is not here: it is EST (RFC 7030, 8951) below /.well-known/est.',
    },
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    security: [{ stationCertificate: [] }],
    paths,
    components: {
      securitySchemes: { stationCertificate: { type: 'mutualTLS' } },
      schemas: { Problem: schemaOf(problem, 'output') },
    },
  };
};

const operationOf = (operationId: string, route: Route): object => ({
  operationId,
  summary: route.summary,
  parameters: [
    ...parametersOf(route),
    ...(route.idempotent
      ? [
          {
            name: 'Idempotency-Key',
            in: 'header',
            required: true,
            description:
              'Run and step; the same key and body get the same answer, and nothing is done twice.',
            schema: { type: 'string', pattern: '^[\\x21-\\x7e]{8,200}$' },
          },
        ]
      : []),
  ],
  ...(route.method === 'POST' && {
    requestBody: {
      required: true,
      content: { 'application/json': { schema: schemaOf(route.body, 'input') } },
    },
  }),
  responses: {
    200: {
      description: 'Done.',
      headers: requestIdHeader,
      content: { 'application/json': { schema: schemaOf(route.reply, 'output') } },
    },
    429: {
      description: 'Asked too often (RFC 6585); nothing was done.',
      headers: {
        ...requestIdHeader,
        'Retry-After': { description: 'Seconds.', schema: { type: 'integer' } },
      },
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
    default: {
      description: 'Refused (RFC 9457); `fault` says why and nothing was done.',
      headers: requestIdHeader,
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  },
});

const requestIdHeader = {
  'X-Request-Id': { description: 'The same as in the bank’s log.', schema: { type: 'string' } },
};

const parametersOf = (route: Route): readonly object[] => {
  const { properties = {}, required = [] } = schemaOf(route.params, 'input');
  return Object.entries(properties).map(([name, schema]) => {
    const inPath = route.path.includes(`{${name}}`);
    return { name, in: inPath ? 'path' : 'query', required: inPath || required.includes(name), schema };
  });
};

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
}

const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): ObjectSchema => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, target: 'draft-2020-12' });
  return rest;
};
