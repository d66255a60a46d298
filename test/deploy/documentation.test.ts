import { expect } from 'chai';
import { anchorOf, read } from '../docs/markdown.ts';
import { resolve, type Values } from './support/resolve.ts';
import { readTemplate } from './support/template.ts';

/** What an alarm's heading has below it. */
const PARTS = ['Means', 'Look at', 'Do'];

describe("the deployment's documentation", () => {
  const template = readTemplate();

  it('given the parameters, then the README has a row for each, with its default, and for no other', () => {
    const rows = [...read('deploy/README.md').matchAll(/^\| `(\w+)` +\| (?:`([^`]*)`)? *\| (.+?) *\|$/gm)];
    const documented: Record<string, string> = Object.fromEntries(
      rows.map(([, name = '', byDefault = '']) => [name, byDefault]),
    );
    const expected = Object.fromEntries(
      Object.entries(template.Parameters).map(([name, { Default = '' }]) => [name, String(Default)]),
    );
    expect(documented).to.deep.equal(expected);
    for (const [, name, , meaning] of rows as unknown as readonly string[][])
      expect(meaning!.length, name).to.be.greaterThan(20);
  });

  it('given the alarms, then each has a heading in the operations guide, and links to it', () => {
    const [, section = ''] = /\n## Alarms\n([^]*?)\n## /.exec(read('docs/operations.md')) ?? [];
    const [, ...advice] = section.split(/^### /m);
    const explained = advice.map((text) => text.split('\n')[0]!);
    const alarms = Object.entries(template.Resources).filter(([name]) => name.endsWith('Alarm'));
    expect(alarms.length).to.be.greaterThan(10);
    expect(explained).to.have.members(alarms.map(([name]) => name));
    for (const text of advice)
      expect(
        [...text.matchAll(/^- \*\*(.+):\*\* \S/gm)].map(([, part]) => part),
        text,
      ).to.deep.equal(PARTS);
    for (const [name, { Properties }] of alarms)
      expect(Properties?.['AlarmDescription'], name).to.match(
        new RegExp(`What to do: docs/operations\\.md#${anchorOf(name)}$`),
      );
  });

  it('given what the texts call resources, parameters and outputs of the template, then they exist', () => {
    const known = new Set([
      ...Object.keys(template.Parameters),
      ...Object.keys(template.Resources),
      ...Object.keys(template.Outputs),
    ]);
    const guide = ['docs/operations.md', 'docs/failover.md', 'docs/costs.md'].map(read).join('\n');
    const used = [
      ...[...guide.matchAll(/`(\w+)=\w+`/g)].map(([, name]) => name!),
      ...[...guide.matchAll(/\$([A-Z][a-z]\w+)/g)].map(([, name]) => name!),
      ...[...guide.matchAll(/`(\w+Alarm)`/g)].map(([, name]) => name!),
    ];
    expect(used.length).to.be.greaterThan(30);
    for (const name of used) expect(known.has(name), name).to.equal(true);
  });

  /** The mapping and the outputs after each of some deployments; what one does not name keeps its value. */
  function deployedWith(deployments: readonly Values[]) {
    let values: Values = {
      TableStreamArn: 'arn:aws:dynamodb:eu-central-1:111122223333:table/fleet/stream/2026-01-05T09:00:00.000',
    };
    return deployments.map((changes) => {
      values = { ...values, ...changes };
      const { resources, outputs } = resolve(template, values);
      return { values, mapping: resources['StreamMapping']?.Properties, outputs };
    });
  }

  /** The parameters that a text sets, but for those that stand for the reader's own. */
  function settingsIn(markdown: string): Values {
    const settings = [...markdown.matchAll(/\b([A-Z]\w+)=([\w-]+)/g)];
    return Object.fromEntries(
      settings
        .flatMap(([, name, value]) => (name! in template.Parameters ? [[name!, value!]] : []))
        .filter(([name]) => name !== 'TableStreamArn' && name !== 'AlarmEmail'),
    ) as Values;
  }

  it('given the commands of a first deployment, then nothing is given up until it has read what was there, and later in time', () => {
    const commands = [...read('deploy/README.md').matchAll(/^ *sam deploy(?:.*\\\n)+.*$/gm)].map(
      ([command]) => command,
    );
    expect(commands).to.have.lengthOf(2);
    const [first, second] = deployedWith(commands.map(settingsIn));
    // A bucket that holds something could not be taken back.
    expect(first!.mapping).to.include({
      StartingPosition: 'TRIM_HORIZON',
      MaximumRecordAgeInSeconds: '-1',
      MaximumRetryAttempts: -1,
    });
    expect(first!.values).not.to.have.property('DeletionProtection');
    expect(first!.outputs['RecordsGivenUp']).to.match(/^never\. .*MaximumRecordAgeSeconds=79200/);
    expect(second!.mapping).to.include({ MaximumRecordAgeInSeconds: '79200' });
    expect(second!.values).to.include({ DeletionProtection: 'true' });
    expect(second!.outputs['RecordsGivenUp']).to.equal('after 79200 seconds');
  });

  it('given the steps of reading everything again, then nothing is given up for its age meanwhile, and later in time', () => {
    const [, section = ''] =
      /\n## Reading everything again\n([^]*?)\n## /.exec(read('docs/operations.md')) ?? [];
    const steps = section.split(/^\d\. /m).slice(1);
    expect(steps).to.have.lengthOf(3);
    // The last step ends with its paragraph.
    const deployments = steps.map((step) => settingsIn(step.split('\n\n')[0]!));
    const [removed, reading, after] = deployedWith([
      { StartingPosition: 'LATEST', ...deployments[0] },
      ...deployments.slice(1),
    ]);
    expect(removed!.mapping).to.equal(undefined);
    expect(reading!.mapping).to.include({
      Enabled: true,
      StartingPosition: 'TRIM_HORIZON',
      MaximumRecordAgeInSeconds: '-1',
    });
    expect(after!.mapping).to.include({
      Enabled: true,
      MaximumRecordAgeInSeconds: template.Parameters['MaximumRecordAgeSeconds']!.Default,
    });
  });
});
