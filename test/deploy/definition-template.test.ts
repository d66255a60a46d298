import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { definitionTemplate } from '../../deploy/definition-template.ts';
import type { TableModel } from '../../src/domain/table-model.ts';
import { loadDefinition } from '../../src/entrypoints/definition/load-definition.ts';
import { filtersOf } from '../../src/entrypoints/deployment/filters.ts';
import { policyOf } from '../../src/entrypoints/deployment/policy.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { readingsTable } from '../support/readings.ts';
import { type Grant, grantsOf } from './support/policy.ts';
import { referencesIn, unresolvedIn } from './support/references.ts';
import { resolve } from './support/resolve.ts';
import { hasAttribute, loadSpecification } from './support/schema.ts';
import { type Part, parseTemplate, type Parts, readTemplate, TEMPLATE_FILE } from './support/template.ts';

const TEXT = readFileSync(TEMPLATE_FILE, 'utf8');
const NEW_TABLE = { NewTableName: 'orders', PoisonRecords: 'quarantine' };

async function modelOf(example: string): Promise<TableModel> {
  const cwd = fileURLToPath(new URL(`../../examples/${example}`, import.meta.url));
  return (await loadDefinition(undefined, cwd)).definition.model;
}

function made(model: TableModel, code: Parameters<typeof definitionTemplate>[3] = 'contrail.zip') {
  return resolve(parseTemplate(definitionTemplate(TEXT, model, filtersOf(model).filters, code)), NEW_TABLE)
    .resources;
}

function grantsIn(resources: ReturnType<typeof made>): readonly Grant[] {
  const policies = resources['WorkerRole']!.Properties['Policies'] as readonly Parts[];
  return policies.flatMap(({ PolicyDocument }) => grantsOf(PolicyDocument));
}

const textOf = ({ action, resource, leadingKeys = 'all' }: Grant) => `${action} ${resource} ${leadingKeys}`;

describe('the template for a definition', () => {
  for (const example of ['shop', 'by-id'])
    it(`given the example ${example}, then its role may do what its policy says`, async () => {
      const model = await modelOf(example);
      const policy = policyOf(model, {
        table: '<SourceTable.Arn>',
        stream: '<SourceTable.StreamArn>',
        stateTable: '<StateTable.Arn>',
        searchQueue: '<SearchQueue.Arn>',
        quarantineQueue: '<QuarantineQueue.Arn>',
      });
      const ofDefinition = grantsIn(made(model)).filter(({ action }) => !/^(?:logs|s3):/.test(action));
      expect(ofDefinition.map(textOf)).to.have.members(grantsOf(policy as unknown as Part).map(textOf));
    });

  it('given keys that are numbers, then a new table and the filters have that', () => {
    const { SourceTable, StreamMapping } = made(readingsTable('ledger').model);
    expect(SourceTable!.Properties).to.deep.include({
      AttributeDefinitions: [
        { AttributeName: 'device', AttributeType: 'S' },
        { AttributeName: 'at', AttributeType: 'N' },
      ],
    });
    expect(StreamMapping!.Properties['FilterCriteria']).to.deep.equal({
      Filters: [{ Pattern: '{"dynamodb":{"Keys":{"device":{"S":[{"exists":true}]}}}}' }],
    });
  });

  it('given a table whose key is one attribute, then a new table and the filters have that', async () => {
    const { SourceTable, StateTable, StreamMapping } = made(await modelOf('by-id'));
    expect(SourceTable!.Properties).to.deep.include({
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    });
    expect(StateTable!.Properties['KeySchema']).to.have.lengthOf(2);
    expect(StreamMapping!.Properties['FilterCriteria']).to.deep.equal({
      Filters: [{ Pattern: '{"dynamodb":{"Keys":{"id":{"S":[{"exists":true}]}}}}' }],
    });
  });

  it('given no documents, then there is no search queue, and nothing names one', async () => {
    const model = await modelOf('badges');
    const text = definitionTemplate(TEXT, model, filtersOf(model).filters, 'contrail.zip');
    expect(text).not.to.match(/Search(?!Upserts|Deletes)|DeadLetters|TYPESENSE|# documents:/);
    const template = parseTemplate(text);
    const spec = await loadSpecification();
    expect(unresolvedIn(template, (type, attribute) => hasAttribute(spec, type, attribute))).to.deep.equal(
      [],
    );
    const used = new Set(referencesIn(template).map(({ name }) => name));
    for (const name of Object.keys(template.Parameters)) expect(used.has(name), name).to.equal(true);
    const { WorkerRole, StackDashboard } = resolve(template, NEW_TABLE).resources;
    expect(JSON.stringify(WorkerRole)).to.contain('sqs:SendMessage').and.not.to.contain('SendSearchActions');
    expect(StackDashboard).not.to.equal(undefined);
  });

  it('given a zip file here or in a bucket, then the function is that', async () => {
    const model = await modelOf('shop');
    const code = (given: Parameters<typeof made>[1]) => made(model, given)['Worker']!.Properties;
    expect(code("it's here.zip")).to.include({ CodeUri: "it's here.zip", Handler: 'index.handler' });
    expect(code({ bucket: 'artifacts', key: 'orders/1.zip' })).to.deep.include({
      CodeUri: { Bucket: 'artifacts', Key: 'orders/1.zip' },
      Handler: 'index.handler',
    });
  });

  it('given the fleet, then all else is as in the fleet’s own template', () => {
    const changed = made(fleet.model, '../build/contrail-lambda.zip');
    const own = resolve(readTemplate(), NEW_TABLE).resources;
    expect(Object.keys(changed)).to.deep.equal(Object.keys(own));
    for (const [name, resource] of Object.entries(own))
      if (name !== 'WorkerRole' && name !== 'Worker') expect(changed[name], name).to.deep.equal(resource);
    expect(grantsIn(changed).map(textOf)).to.have.members(grantsIn(own).map(textOf));
    expect({
      ...changed['Worker'],
      Properties: { ...changed['Worker']!.Properties, Handler: 'handler.handler' },
    }).to.deep.equal(own['Worker']);
  });
});
