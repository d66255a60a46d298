import { filterCriteria, filtersOf } from '../../../deployment/filters.ts';
import type { Plan } from '../plan.ts';
import type { Sampled } from '../sampled.ts';

/** The view type that serves every derivation. */
const BEST = 'NEW_AND_OLD_IMAGES';

/** The filters of the event source mapping; undefined as long as nothing is derived. */
export function filtersText({ definition, documents, counts }: Plan): string | undefined {
  if (documents.length + counts.length === 0) return undefined;
  return `${JSON.stringify(filterCriteria(filtersOf(definition.model).filters), undefined, 2)}\n`;
}

/** Parameters for `aws cloudformation deploy --parameter-overrides file://…`; empty where the stream is not known. */
export function parametersText({ streamArn }: Sampled): string {
  const Parameters = streamArn === undefined ? {} : { TableStreamArn: streamArn };
  return `${JSON.stringify({ Parameters }, undefined, 2)}\n`;
}

/** What the table's stream needs before it serves the worker; undefined when nothing. */
export function streamAdvice({ hasStream, viewType, table = 'TABLE' }: Sampled): string | undefined {
  const on = `aws dynamodb update-table --table-name ${table} --stream-specification StreamEnabled=true,StreamViewType=${BEST}`;
  if (hasStream === false) return `The table has no stream. Turn it on:\n\n    ${on}`;
  if (viewType === undefined)
    return `Whether the table has a stream with the view type ${BEST} is not known. If it has none, turn it on:\n\n    ${on}`;
  if (viewType === BEST) return undefined;
  const off = `aws dynamodb update-table --table-name ${table} --stream-specification StreamEnabled=false`;
  return `The view type of the table's stream is ${viewType}, which does not carry the images that documents need. Turn the stream off, wait until the table is ACTIVE, and turn it on again, which makes a new stream (let everything that reads the old one finish first):\n\n    ${off}\n    ${on}`;
}

/** What a deployment needs, for people. */
export function deploymentText(plan: Plan, sampled: Sampled): string {
  const { table, streamArn } = sampled;
  const queue = plan.documents.length > 0;
  const stream = streamArn ?? 'arn:aws:dynamodb:REGION:ACCOUNT:table/TABLE/stream/LABEL';
  const settings = [
    ['TABLE_NAME', table ?? 'the name of the table'],
    ['STATE_TABLE_NAME', "the worker's own table: keys PK and SK, both strings"],
    ...(queue ? [['TYPESENSE_QUEUE_URL', 'the FIFO queue that search actions go to']] : []),
  ];
  return `# Deployment

Written by contrail init. Contrail's docs/deployment.md explains each step.

## The stream

${streamAdvice(sampled) ?? `The table's stream has the view type ${BEST}, which serves everything.`}

Its ARN: ${streamArn ?? "not known; it is the table's LatestStreamArn:"}
${streamArn === undefined ? `\n    aws dynamodb describe-table --table-name ${table ?? 'TABLE'} --query Table.LatestStreamArn\n` : ''}
## The settings of the function

${settings.map(([name = '', what = '']) => `- ${name}: ${what}`).join('\n')}

## The filters, the permissions and the code

    npx contrail filters --out deployment/filters.json
    npx contrail policy --stream ${stream} --state-table STATE_TABLE_ARN${queue ? ' --search-queue QUEUE_ARN' : ''} > deployment/policy.json
    npx contrail build --out contrail.zip

Make the filters again whenever the definition changes.${queue || plan.counts.length > 0 ? '' : ' There are none as long as nothing is derived.'}

parameters.json has the parameters of Contrail's own template, deploy/template.yaml, as far as they are known:

    aws cloudformation deploy --parameter-overrides file://deployment/parameters.json …
`;
}
