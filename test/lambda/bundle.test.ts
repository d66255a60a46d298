import { cp, mkdtemp, readFile, rm, symlink, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { unzipSync } from 'fflate';
import sinon from 'sinon';
import { archive } from '../../src/entrypoints/deployment/bundle/archive.ts';
import type { Bundle } from '../../src/entrypoints/deployment/bundle/bundle.ts';
import { HANDLER, INDEXER, lambdaBundle, VERIFIER } from '../../deploy/bundle/lambda-bundle.ts';
import { builtBundle, ROOT } from './unpacked.ts';

const MOST_BYTES = 780_000;

/** Nothing of these belongs into the function. */
const FOREIGN: readonly RegExp[] = [
  /^src\/entrypoints\/(cli|deployment\/(?!bundle\/lean\/))/,
  /^src\/feed\//,
  /^(local|test|deploy)\//,
  /node_modules\/(commander|cli-progress|minisearch|ulid|pure-rand)\//,
];

/** Packages that the bundle has something smaller for. */
const REPLACED: readonly RegExp[] = [
  /node_modules\/(electrodb|readable-stream|string_decoder|jsonschema|kuler|@colors|@so-ric)\//,
  /node_modules\/@aws-sdk\/(credential-provider-(?!env)|nested-clients|token-providers)/,
  /node_modules\/@smithy\/core\/.*\/event-streams\//,
  /node_modules\/winston\/lib\/winston\/transports\/(?!stream)/,
];

describe('the bundle of the Lambda function', function () {
  this.timeout(180_000);
  let built: Bundle;
  let code: string;

  before(async () => {
    built = await builtBundle();
    code = [...built.files]
      .filter(([name]) => name.endsWith('.mjs'))
      .map(([, bytes]) => Buffer.from(bytes).toString())
      .join('\n');
  });

  it(`is at most ${MOST_BYTES / 1000} kB, with a source map`, () => {
    expect(code.length).to.be.greaterThan(100_000).and.at.most(MOST_BYTES);
    const handler = Buffer.from(built.files.get('handler.mjs')!).toString();
    expect(handler.trimEnd().split('\n').at(-1)).to.equal('//# sourceMappingURL=handler.mjs.map');
    const map = JSON.parse(Buffer.from(built.files.get('handler.mjs.map')!).toString()) as {
      sources: string[];
    };
    expect(map.sources).to.include(`../../${HANDLER}`);
    expect(
      map.sources.filter((source) => !source.startsWith('../../') && !source.includes(':')),
    ).to.deep.equal([]);
  });

  it('holds the worker and the SDK, and nothing of the command line, the feed or the tests', () => {
    const inputs = includedInputs(built);
    expect(inputs).to.include.members([HANDLER, INDEXER, VERIFIER]);
    for (const name of ['client-dynamodb', 'client-sqs', 'lib-dynamodb'])
      expect(
        inputs.some((path) => path.startsWith(`node_modules/@aws-sdk/${name}/`)),
        name,
      ).to.equal(true);
    for (const foreign of [...FOREIGN, ...REPLACED])
      expect(
        inputs.filter((path) => foreign.test(path)),
        String(foreign),
      ).to.deep.equal([]);
  });

  it('needs no package at run time, and none of what an ES module does not have', () => {
    const external = Object.values(built.metafile.outputs).flatMap(({ imports }) =>
      imports.filter(({ external = false }) => external).map(({ path }) => path),
    );
    const builtin =
      /^(node:)?(assert|async_hooks|buffer|child_process|console|crypto|events|fs|http|http2|https|module|os|path|process|stream|timers|tty|url|util|zlib)(\/promises)?$/;
    expect(external).to.include('node:https');
    expect(external.filter((path) => !builtin.test(path))).to.deep.equal([]);
    expect(code).not.to.match(/(?<![\w$.])__(dirname|filename)\b/);
  });

  it('has the version of the package in it, and reads no file for it', async () => {
    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(code).to.include(`contrailVersion:`).and.include(`"${version}"`);
    expect(code).not.to.match(/["'`/]package\.json["'`]/);
  });

  it('given another folder, time zone and time, then every byte is the same', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'contrail elsewhere '));
    const timeZone = process.env['TZ'];
    try {
      for (const name of ['src', 'deploy', 'package.json', 'tsconfig.json'])
        await cp(join(ROOT, name), join(folder, name), { recursive: true });
      await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
      await utimes(join(folder, HANDLER), 1e9, 1e9);
      const first = archive(built.files);
      process.env['TZ'] = 'Pacific/Chatham';
      sinon.useFakeTimers({ now: new Date('2031-07-01T12:00:00Z'), toFake: ['Date'] });
      const again = await lambdaBundle(folder);
      expect([...again.files.keys()]).to.deep.equal([...built.files.keys()]);
      expect(Buffer.from(archive(again.files)).equals(first), 'the zip file').to.equal(true);
    } finally {
      sinon.restore();
      if (timeZone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = timeZone;
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('is packed as it is, sorted', () => {
    const unpacked = unzipSync(archive(built.files));
    expect(Object.keys(unpacked)).to.deep.equal([...built.files.keys()].sort());
    for (const [name, bytes] of built.files)
      expect(Buffer.from(unpacked[name]!).equals(bytes), name).to.equal(true);
  });
});

/** The files that left something in the code. */
function includedInputs({ metafile }: Bundle): readonly string[] {
  return Object.entries(metafile.outputs)
    .filter(([path]) => path.endsWith('.mjs'))
    .flatMap(([, { inputs }]) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => path);
}
