import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import ts from 'typescript';
import { kindsOf } from '../../../src/application/propose/propose.ts';
import type { SampledRow } from '../../../src/application/propose/sample.ts';
import { EncodedAttributes } from '../../../src/adapters/dynamodb-stream/attribute-value.ts';
import { loadDefinition } from '../../../src/entrypoints/definition/load-definition.ts';
import { fleet } from '../../../src/fleet/definition.ts';
import { CONTRAIL, run } from '../../support/command-line.ts';
import { ROOT } from '../../package/installed.ts';
import { HOSTILE, type Item, LAYOUTS } from './layouts.ts';

interface Report {
  readonly rows: number;
  readonly kinds: readonly {
    readonly name: string;
    readonly rows: number;
    readonly key: Record<string, string>;
  }[];
  readonly others: { readonly rows: number };
  readonly written: readonly string[];
}

/** Stricter than what is written: a reader's own settings may be. */
const STRICTER = {
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noUnusedLocals: true,
  noPropertyAccessFromIndexSignature: true,
  noImplicitReturns: true,
};

describe('the projects that contrail init writes', function () {
  this.timeout(240_000);
  let folder: string;
  const projects: string[] = [];

  before(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'contrail-init-')));
    // As it is when it is installed.
    await mkdir(join(folder, 'node_modules'));
    await symlink(ROOT, join(folder, 'node_modules', 'contrail'));
    for (const name of ['@types', 'typescript', 'tsx'])
      await symlink(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
  });

  after(() => rm(folder, { recursive: true }));

  async function init(name: string, ...args: string[]): Promise<Report> {
    const out = name.replace(/\W+/g, '-');
    const {
      out: text,
      err,
      status,
    } = await run([...CONTRAIL, 'init', ...args, '--out', out, '--report', 'json'], '', {
      cwd: folder,
    });
    expect({ err, status }).to.deep.equal({ err: '', status: 0 });
    projects.push(join(folder, out));
    return JSON.parse(text) as Report;
  }

  /** Holds that the written definition has a kind for each row, and but one; returns the kinds. */
  async function recognised(name: string, items: readonly Item[], keys: readonly string[], others: number) {
    const { definition } = await loadDefinition(undefined, join(folder, name.replace(/\W+/g, '-')));
    const found = items.map((item): readonly string[] => {
      const text = (key: string | undefined) =>
        key === undefined ? undefined : (Object.values(item[key]!)[0] as string);
      const row: SampledRow = {
        key: { partition: text(keys[0])!, sort: text(keys[1]) },
        attributes: new EncodedAttributes(item, {}, 'item').all(),
      };
      return kindsOf(definition.model, row);
    });
    expect(found.filter(({ length }) => length > 1)).to.deep.equal([]);
    expect(found.filter(({ length }) => length === 0)).to.have.lengthOf(others);
    return definition;
  }

  for (const [name, { keys, items, kinds, others }] of Object.entries(LAYOUTS))
    it(`given ${name}, then its kinds are proposed, and recognise their rows`, async () => {
      // Each as an export to S3 has it: some data files, and beside them what is no data.
      const data = join(folder, `${name.replace(/\W+/g, '-')}-export`);
      await mkdir(join(data, 'data'), { recursive: true });
      await writeFile(join(data, 'manifest-files.json'), '{"dataFileS3Key":"x"}\n');
      for (const [part, half] of [items.slice(0, 100), items.slice(100)].entries())
        await writeFile(
          join(data, 'data', `${part}.json.gz`),
          gzipSync(half.map((item) => `${JSON.stringify({ Item: item })}\n`).join('')),
        );
      const [first] = Object.keys(kinds);
      const report = await init(name, data, '--search', first!);
      expect(
        Object.fromEntries(report.kinds.map((kind) => [kind.name, Object.values(kind.key)])),
      ).to.deep.equal(kinds);
      expect([report.rows, report.others.rows]).to.deep.equal([items.length, others]);
      await recognised(name, items, keys, others);
      const text = await readFile(join(folder, name.replace(/\W+/g, '-'), 'contrail.config.ts'), 'utf8');
      expect(text).not.to.contain('hidden');
    });

  it("given the fleet's sample, then its kinds are those of the fleet's definition, and some that it ignores", async () => {
    const { kinds, others } = await init(
      'fleet',
      join(ROOT, 'fixtures', 'sample.ndjson'),
      '--count',
      'img:entity_type',
    );
    const templates = kinds.map(({ key }) => unnamed(`${key['PK'] ?? ''} ${key['SK'] ?? ''}`));
    const declared = fleet.model.rows
      .filter(({ derivedBy, name }) => derivedBy === undefined && name !== 'icao-variant')
      .map(({ partition, sort }) => unnamed(`${partition.text} ${sort?.text ?? ''}`));
    expect(templates).to.include.members(declared);
    expect(others.rows).to.equal(0);
  });

  it('given hostile keys and names, then they do no harm, and their rows are recognised', async () => {
    const file = join(folder, 'hostile.json');
    await writeFile(file, JSON.stringify({ Items: HOSTILE, Count: HOSTILE.length }));
    const { kinds, others } = await init('hostile', file);
    expect(kinds.length).to.be.greaterThan(1);
    await recognised('hostile', HOSTILE, ['PK', 'SK'], others.rows);
    expect(others.rows).to.be.lessThan(HOSTILE.length / 10);
  });

  it('given all of them, then they compile under strict settings', () => {
    const options = ts.convertCompilerOptionsFromJson(
      {
        module: 'NodeNext',
        target: 'ES2023',
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        types: ['node'],
        ...STRICTER,
      },
      folder,
    ).options;
    const files = projects.flatMap((project) =>
      ['contrail.config.ts', 'contrail.config.test.ts', 'handler.ts'].map((file) => join(project, file)),
    );
    expect(files.length).to.equal(3 * (Object.keys(LAYOUTS).length + 2));
    const found = ts.getPreEmitDiagnostics(ts.createProgram(files, options));
    expect(
      found.map(
        ({ file, messageText }) =>
          `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
      ),
    ).to.deep.equal([]);
  });

  it('given all of them, then their tests pass', async () => {
    // One process for all: most of the time goes to what they import.
    const all = join(folder, 'all.test.mts');
    const files = projects.map((project) => join(project, 'contrail.config.test.ts'));
    await writeFile(all, files.map((file) => `import ${JSON.stringify(file)};\n`).join(''));
    const args = ['--import', 'tsx', '--test', all];
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      cwd: folder,
      env: { PATH: process.env['PATH'] },
    }).catch((error: unknown) => error as { readonly stdout: string });
    expect(stdout)
      .to.match(/^(?:#|ℹ) fail 0$/m)
      .and.to.match(/^(?:#|ℹ) pass [1-9]\d*$/m);
    expect(Number(/^(?:#|ℹ) tests (\d+)$/m.exec(stdout)?.[1])).to.be.at.least(projects.length);
  });
});

function unnamed(template: string): string {
  return template.replace(/<\w+>/g, '<>');
}
