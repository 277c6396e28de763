import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { bankApi } from '../../../electron/shared/bank-api/index.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';

// OpenAPI 3.1.0, the parts this bank uses; strict, so that a field that the specification does not know is found.
const schema = z.record(z.string(), z.unknown());
const parameter = z.strictObject({
  name: z.string().min(1),
  in: z.enum(['query', 'header', 'path', 'cookie']),
  required: z.boolean(),
  description: z.string().optional(),
  schema,
});
const content = z.record(z.string().regex(/^[a-z]+\/[a-z+]+$/), z.strictObject({ schema }));
const operation = z.strictObject({
  operationId: z.string(),
  summary: z.string().min(1),
  parameters: z.array(parameter),
  requestBody: z.strictObject({ required: z.boolean(), content }).optional(),
  responses: z.record(
    z.string().regex(/^([1-5]\d\d|default)$/),
    z.strictObject({
      description: z.string().min(1),
      headers: z.record(z.string(), z.strictObject({ description: z.string(), schema })),
      content,
    }),
  ),
});
const description = z.strictObject({
  openapi: z.literal('3.1.0'),
  info: z.strictObject({ title: z.string(), version: z.string(), description: z.string() }),
  jsonSchemaDialect: z.url(),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  paths: z.record(
    z.string().startsWith('/'),
    z.strictObject({ get: operation.optional(), post: operation.optional() }),
  ),
  components: z.strictObject({
    securitySchemes: z.record(z.string(), z.strictObject({ type: z.literal('mutualTLS') })),
    schemas: z.record(z.string(), schema),
  }),
});

let bank: TestBank;
let served: z.infer<typeof description>;
beforeAll(async () => {
  bank = await startBank();
  const answer = await bank.client().send('GET', '/api/openapi.json');
  expect(answer.headers['content-type']).toContain('application/json');
  served = description.parse(JSON.parse(answer.body.toString()));
});
afterAll(() => bank.stop());

const operations = () =>
  Object.entries(served.paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, each]) =>
      each === undefined ? [] : [{ path, method: method.toUpperCase(), ...each }],
    ),
  );

describe('the OpenAPI description', () => {
  it('has every call of the bank once, and nothing else', () => {
    const described = operations().map(({ operationId, method, path }) => [operationId, method, path]);
    const offered = Object.entries(bankApi).map(([name, route]) => [name, route.method, route.path]);
    expect(described.sort()).toEqual(offered.sort());
  });

  it('declares exactly the parameters its paths have', () => {
    for (const { path, parameters } of operations()) {
      const inPath = parameters.filter((each) => each.in === 'path');
      expect(inPath.map(({ name }) => name).sort()).toEqual(
        [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort(),
      );
      expect(inPath.every(({ required }) => required)).toBe(true);
    }
  });

  it('says what has to be idempotent, what is optional and how a refusal looks', () => {
    for (const { operationId, parameters, responses, requestBody, method } of operations()) {
      const { idempotent } = bankApi[operationId as keyof typeof bankApi];
      expect(parameters.some(({ name }) => name === 'Idempotency-Key')).toBe(idempotent);
      expect(requestBody !== undefined).toBe(method === 'POST');
      expect(Object.keys(responses.default!.content)).toEqual(['application/problem+json']);
      expect(Object.keys(responses[429]!.headers)).toContain('Retry-After');
      for (const each of Object.values(responses))
        expect(Object.keys(each.headers)).toContain('X-Request-Id');
    }
    const find = operations().find(({ operationId }) => operationId === 'findCards')!;
    expect(find.parameters.map(({ name, required }) => [name, required])).toEqual([
      ['mediumIdentity', false],
      ['certificateSerial', false],
      ['customerId', false],
      ['cursor', false],
      ['limit', false],
    ]);
  });

  it('refers to nothing that is not in it', () => {
    const text = JSON.stringify(served);
    for (const [, target] of text.matchAll(/"\$ref":"([^"]+)"/g)) {
      const name = /^#\/components\/schemas\/(\w+)$/.exec(target ?? '')?.[1] ?? '';
      expect(Object.keys(served.components.schemas)).toContain(name);
    }
  });
});
