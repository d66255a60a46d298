import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { definitionTemplate } from '../../deploy/definition-template.ts';
import { releaseTemplate } from '../../deploy/release/release-template.ts';
import { LATE_MS } from '../../src/application/index-outcome.ts';
import { filtersOf } from '../../src/entrypoints/deployment/filters.ts';
import { indexerPolicyOf, indexerStatements } from '../../src/entrypoints/deployment/indexer-policy.ts';
import { readIndexerConfig } from '../../src/entrypoints/indexer-config.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { shop } from '../support/shop.ts';
import { type Grant, grantsOf } from './support/policy.ts';
import { resolve } from './support/resolve.ts';
import { type Part, parseTemplate, type Parts, readTemplate, TEMPLATE_FILE } from './support/template.ts';

const TEXT = readFileSync(TEMPLATE_FILE, 'utf8');
const SECRET = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:search-AbCdEf';
const INDEXER = {
  NewTableName: 'fleet',
  TypesenseUrl: 'https://search.example.com:8108',
  TypesenseKeySecretArn: SECRET,
};
const OWN = ['IndexerRole', 'Indexer', 'SearchMapping', 'IndexerLogs', 'IndexerErrorsAlarm'];

const textOf = ({ action, resource, leadingKeys = 'all' }: Grant) => `${action} ${resource} ${leadingKeys}`;

function policyIn(resources: ReturnType<typeof resolve>['resources'], name: string): readonly Grant[] {
  const policies = resources['IndexerRole']!.Properties['Policies'] as readonly Parts[];
  return grantsOf(policies.find(({ PolicyName }) => PolicyName === name)?.['PolicyDocument']);
}

const RESOURCES = {
  table: '<SourceTable.Arn>',
  stateTable: '<StateTable.Arn>',
  searchQueue: '<SearchQueue.Arn>',
};

function expectPolicy(resources: ReturnType<typeof resolve>['resources'], model: typeof fleet.model) {
  const policy = { Statement: indexerStatements(model, RESOURCES) } as unknown as Part;
  const own = policyIn(resources, 'indexer');
  expect(own.map(textOf)).to.have.members([
    ...grantsOf(policy).map(textOf),
    `secretsmanager:GetSecretValue ${SECRET} all`,
  ]);
  // What `contrail policy --indexer` prints is all of it, but for the log.
  const printed = indexerPolicyOf(model, { ...RESOURCES, keySecret: SECRET }) as unknown as Part;
  const onQueue = policyIn(resources, 'lambda').filter(({ action }) => action.startsWith('sqs:'));
  expect(grantsOf(printed).map(textOf)).to.have.members([...own, ...onQueue].map(textOf));
}

describe('the indexer of the template', () => {
  const { resources } = resolve(readTemplate(), INDEXER);

  it('given no search server, then there is none', () => {
    const without = resolve(readTemplate(), { NewTableName: 'fleet' }).resources;
    expect(Object.keys(without)).to.not.include.members(OWN);
    expect(JSON.stringify(without)).not.to.match(/Indexer|secretsmanager/);
    expect(Object.keys(resources)).to.include.members(OWN);
  });

  it('given the fleet, then its role may do what its policy says, and read its secret', () => {
    expectPolicy(resources, fleet.model);
    expect(policyIn(resources, 'lambda').map(textOf)).to.have.members([
      ...['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'].map(
        (action) => `${action} <SearchQueue.Arn> all`,
      ),
      ...['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => `${action} <IndexerLogs.Arn> all`),
    ]);
  });

  it('given another definition, then its role and its code are for that', () => {
    const { model } = shop;
    const text = definitionTemplate(TEXT, model, filtersOf(model).filters, 'contrail.zip');
    const made = resolve(parseTemplate(text), INDEXER).resources;
    expectPolicy(made, model);
    expect(made['Indexer']!.Properties).to.include({ CodeUri: 'contrail.zip', Handler: 'indexer.handler' });
  });

  it('given a release, then both functions have its code', () => {
    const made = parseTemplate(releaseTemplate(TEXT, 'contrail-1.zip')).Resources;
    expect(made['Indexer']?.Properties?.['CodeUri']).to.deep.equal(made['Worker']?.Properties?.['CodeUri']);
    expect(made['Indexer']?.Properties?.['Handler']).to.equal('indexer.handler');
  });

  it('has settings that it starts with, and the key in none of them', () => {
    const { Variables } = resources['Indexer']!.Properties['Environment'] as Record<string, Parts>;
    const environment = { ...(Variables as Record<string, string>) };
    expect(Object.keys(environment)).to.not.include('TYPESENSE_API_KEY');
    for (const name of ['TYPESENSE_QUEUE_URL', 'STATE_TABLE_NAME', 'TABLE_NAME'])
      environment[name] = name.endsWith('URL')
        ? 'https://sqs.eu-central-1.amazonaws.com/1/s.fifo'
        : `the-${name}`;
    expect(readIndexerConfig(environment, fleet.model).engine).to.include({
      url: INDEXER.TypesenseUrl,
      kind: 'typesense',
    });
    expect(JSON.stringify(TEXT)).not.to.match(/resolve:secretsmanager/);
  });

  it('reports what failed, and gets it again later than a write may take effect', () => {
    expect(resources['SearchMapping']!.Properties).to.deep.include({
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
    });
    const { IndexerTimeout, SearchVisibilitySeconds } = readTemplate().Parameters;
    expect(SearchVisibilitySeconds!.MinValue! * 1_000).to.be.greaterThan(
      IndexerTimeout!.MaxValue! * 1_000 + LATE_MS,
    );
  });
});
