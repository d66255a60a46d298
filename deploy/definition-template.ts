import { keyAttributes } from '../src/domain/definition/templates.ts';
import type { TableModel } from '../src/domain/table-model.ts';
import { HANDLER, INDEXER, VERIFIER } from '../src/entrypoints/deployment/definition-bundle.ts';
import type { Filter } from '../src/entrypoints/deployment/filters.ts';
import { indexerStatements } from '../src/entrypoints/deployment/indexer-policy.ts';
import { policyOf, type RowsPlace, type Statement } from '../src/entrypoints/deployment/policy.ts';
import { verifierStatements } from '../src/entrypoints/deployment/verifier-policy.ts';
import { quoted, withFilters, withoutDocuments, withSection } from './template-sections.ts';

/** Where a function's zip file is: a path as seen from the template, or a bucket and a key. */
export type Code = string | { readonly bucket: string; readonly key: string };

/** What stands for resources in a policy, and what the template says for each. */
const RESOURCES: Readonly<Record<string, unknown>> = {
  table: {
    'Fn::If': [
      'MakeTable',
      { 'Fn::GetAtt': ['SourceTable', 'Arn'] },
      { 'Fn::Select': [0, { 'Fn::Split': ['/stream/', { Ref: 'TableStreamArn' }] }] },
    ],
  },
  stateTable: { 'Fn::GetAtt': ['StateTable', 'Arn'] },
  searchQueue: { 'Fn::GetAtt': ['SearchQueue', 'Arn'] },
};

/**
 * The template for a table of another definition: its function, filters, permissions and the keys of a new table; without
 * documents, also without their queues and what watches those.
 *
 * @param rowsIn where rows are derived into; `table` is the table itself.
 */
export function definitionTemplate(
  template: string,
  model: TableModel,
  filters: readonly Filter[],
  code: Code,
  rowsIn: readonly RowsPlace[] = [],
): string {
  const codeUri =
    typeof code === 'string'
      ? `CodeUri: ${quoted(code)}`
      : `CodeUri: { Bucket: ${quoted(code.bucket)}, Key: ${quoted(code.key)} }`;
  const hasDocuments = model.documents.length > 0;
  const sections: Readonly<Record<string, readonly string[]>> = {
    keys: keysOf(model),
    policy: statementsOf(model, rowsIn).map(jsonLine),
    code: [codeUri, `Handler: ${HANDLER}`],
    'verifier-policy': inTemplate(verifierStatements(model, { ...NAMES, rowsIn })).map(jsonLine),
    'verifier-code': [codeUri, `Handler: ${VERIFIER}`],
    ...(hasDocuments && {
      'indexer-policy': inTemplate(indexerStatements(model, NAMES)).map(jsonLine),
      'indexer-code': [codeUri, `Handler: ${INDEXER}`],
    }),
  };
  const withSections = Object.entries(sections).reduce(
    (text, [name, lines]) => withSection(text, name, lines),
    hasDocuments ? template : withoutDocuments(template),
  );
  return withFilters(withSections, filters);
}

function keysOf({ keys }: TableModel): readonly string[] {
  const attributes = keyAttributes(keys);
  return [
    'AttributeDefinitions:',
    ...attributes.map(({ name, type }) => `  - { AttributeName: ${quoted(name)}, AttributeType: ${type} }`),
    'KeySchema:',
    ...attributes.map(
      ({ name }, index) =>
        `  - { AttributeName: ${quoted(name)}, KeyType: ${index === 0 ? 'HASH' : 'RANGE'} }`,
    ),
  ];
}

/** Resources by the names that stand for them. */
const NAMES = { table: 'table', stateTable: 'stateTable', searchQueue: 'searchQueue' };

/** What the worker asks for. Reading the stream and keeping poison, the template says itself. */
function statementsOf(model: TableModel, rowsIn: readonly RowsPlace[]): readonly unknown[] {
  const { Statement } = policyOf(model, { ...NAMES, stream: 'stream', quarantineQueue: undefined, rowsIn });
  const ownTexts = new Set(rowsIn.map(({ table }) => table));
  return inTemplate(Statement.filter(({ Resource }) => Resource in RESOURCES || ownTexts.has(Resource)));
}

function inTemplate(statements: readonly Statement[]): readonly unknown[] {
  return statements.map((statement) => ({
    ...statement,
    Resource: RESOURCES[statement.Resource] ?? statement.Resource,
  }));
}

function jsonLine(statement: unknown): string {
  return `- ${JSON.stringify(statement)}`;
}
