import { expect } from 'chai';
import { parse } from 'yaml';
import { READ_STREAM_DEFAULTS } from '../../src/application/read-stream/options.ts';
import { consumeCommand } from '../../src/entrypoints/cli/consume/command.ts';
import { stagesOf } from '../deploy/support/dockerfile.ts';
import { read } from './markdown.ts';

interface Deployment {
  readonly spec: { readonly template: { readonly spec: { readonly [name: string]: unknown } } };
}

interface TaskDefinition {
  readonly containerDefinitions: readonly [Readonly<Record<string, unknown>>];
}

describe('docs/container.md', () => {
  const page = read('docs/container.md');
  const block = (language: string) =>
    new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'm').exec(page)?.[1] ?? '';
  const { spec: pod } = (parse(block('yaml')) as Deployment).spec.template;
  const [container] = pod['containers'] as readonly Readonly<Record<string, unknown>>[];
  const [task] = (JSON.parse(block('json')) as TaskDefinition).containerDefinitions;
  const consume = stagesOf(read('deploy/container/Dockerfile')).find(({ name }) => name === 'consume');
  const health = consume?.instructions.find((one) => one.getKeyword() === 'HEALTHCHECK');

  it('waits for the end as long as it may take, everywhere', () => {
    // As the command says of itself; and 5 seconds for documents, on PostgreSQL.
    const seconds = READ_STREAM_DEFAULTS.stopMs / 1_000 + 5;
    let help = '';
    consumeCommand.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
    expect(help).to.include(`within ${seconds} seconds`);
    expect(page).to.include(`all within ${seconds} seconds, on PostgreSQL within ${seconds + 5}`);
    const docker = Number(/--stop-timeout (\d+)/.exec(page)?.[1]);
    for (const waited of [pod['terminationGracePeriodSeconds'], task['stopTimeout'], docker])
      expect(waited)
        .to.be.a('number')
        .that.is.greaterThan(seconds + 5);
  });

  it('asks for health as the image does', () => {
    const [, ...command] = (task['healthCheck'] as { readonly command: readonly string[] }).command;
    expect(health?.getArgumentsContent()).to.equal(
      `CMD ${JSON.stringify(command).replaceAll('","', '", "')}`,
    );
    expect(container?.['ports']).to.deep.equal([{ name: 'health', containerPort: 8080 }]);
    expect(container).to.deep.include({
      livenessProbe: { httpGet: { path: '/live', port: 'health' }, periodSeconds: 30, failureThreshold: 3 },
    });
    expect(container).to.deep.include({ readinessProbe: { httpGet: { path: '/ready', port: 'health' } } });
  });

  it('gives a container all that a definition with documents needs, everywhere', () => {
    const named = (variables: unknown) =>
      (variables as readonly { readonly name: string }[]).map(({ name }) => name);
    const needed = ['AWS_REGION', 'TABLE_NAME', 'STATE_TABLE_NAME', 'TYPESENSE_QUEUE_URL'];
    expect(named(container?.['env'])).to.have.members(needed);
    expect(named(task['environment'])).to.have.members(needed);
    const run = /^docker run (?:[^\n]*\\\n)*[^\n]*/m.exec(page)?.[0] ?? '';
    for (const name of needed) expect(run).to.include(`--env ${name}`);
  });

  it('keeps to what every shell knows, and to what a restricted pod may', () => {
    expect(block('sh')).not.to.match(/\{[^}]*,/);
    expect(pod['securityContext']).to.deep.equal({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
  });

  it('says how much a process holds, and after how long its shards are taken over', () => {
    const { heldBytes, failoverMs } = READ_STREAM_DEFAULTS;
    expect(page).to.include(`up to ${heldBytes / 2 ** 20} MiB of records`);
    expect(page).to.include(`\`--failover-ms\` (${failoverMs / 1_000} seconds)`);
  });
});
