import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { resolve, type Values } from './support/resolve.ts';
import { readTemplate } from './support/template.ts';

const ROOT = new URL('../../', import.meta.url);
const DOCUMENTS = ['deploy/README.md', 'docs/operations.md'];

const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');

/** The anchors of a Markdown file's headings, as they are linked to. */
function anchorsIn(markdown: string): ReadonlySet<string> {
  const headings = markdown.matchAll(/^#+ (.+)$/gm);
  return new Set(
    [...headings].map(([, heading]) =>
      heading!
        .toLowerCase()
        .replaceAll(/[^\w\s-]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
}

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

  it('given the alarms, then the operations guide has a row that says what to do for each', () => {
    const guide = read('docs/operations.md');
    const rows = guide.split('\n').filter((line) => line.startsWith('| `'));
    const alarms = Object.keys(template.Resources).filter((name) => name.endsWith('Alarm'));
    expect(alarms.length).to.be.greaterThan(10);
    for (const alarm of alarms)
      expect(
        rows.filter((row) => row.split('|')[1]!.includes(`\`${alarm}\``)),
        alarm,
      ).to.have.lengthOf(1);
  });

  it('given what the texts call resources, parameters and outputs of the template, then they exist', () => {
    const known = new Set([
      ...Object.keys(template.Parameters),
      ...Object.keys(template.Resources),
      ...Object.keys(template.Outputs),
    ]);
    const guide = read('docs/operations.md');
    const used = [
      ...[...guide.matchAll(/`(\w+)=\w+`/g)].map(([, name]) => name!),
      ...[...guide.matchAll(/\$([A-Z][a-z]\w+)/g)].map(([, name]) => name!),
      ...[...guide.matchAll(/`(\w+Alarm)`/g)].map(([, name]) => name!),
    ];
    expect(used.length).to.be.greaterThan(30);
    for (const name of used) expect(known.has(name), name).to.equal(true);
  });

  it('given the commands, then the scripts and files that they name exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Record<string, string> };
    for (const path of DOCUMENTS) {
      const named = [...read(path).matchAll(/npm run ([\w:]+)/g)].map(([, script]) => script!);
      expect(named.length, path).to.be.greaterThan(0);
      for (const script of named) expect(scripts, path).to.have.property(script);
      for (const [, file] of read(path).matchAll(/(?:npx tsx|--template-file) ((?!build)[\w./-]+)/g))
        expect(() => read(file!), file).not.to.throw();
    }
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

  it('given the links, then each leads somewhere', () => {
    for (const path of DOCUMENTS) {
      const text = read(path);
      const links = [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)];
      expect(links.length, path).to.be.greaterThan(2);
      for (const [link, file = '', anchor] of links) {
        const target =
          file === '' ? text : read(new URL(file, new URL(path, ROOT)).pathname.slice(ROOT.pathname.length));
        if (anchor !== undefined) expect(anchorsIn(target).has(anchor), `${path}: ${link}`).to.equal(true);
      }
    }
  });
});
