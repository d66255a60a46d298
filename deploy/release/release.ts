import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Fault } from '../../src/domain/fault.ts';
import { archive } from '../../src/entrypoints/deployment/bundle/archive.ts';
import { lambdaBundle } from '../bundle/lambda-bundle.ts';
import { releaseTemplate } from './release-template.ts';

/** A file of a release. */
export interface ReleasedFile {
  readonly file: string;
  readonly what: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** What `contents.json` of a release says. */
export interface ReleaseContents {
  readonly name: string;
  readonly version: string;
  readonly files: readonly ReleasedFile[];
}

/**
 * Makes everything that a release consists of: the package, the fleet's function with its bill of materials, the template
 * that refers to it, and `contents.json`, which lists them. The same sources and packages give the same bytes.
 *
 * @param root the folder of the project, whose `dist` is built anew.
 * @param out a folder that is empty, or not there yet.
 * @throws Fault `configuration` when the folder holds anything: a release is not mixed with an older one.
 */
export async function makeRelease(root: string, out: string): Promise<ReleaseContents> {
  await mkdir(out, { recursive: true });
  if ((await readdir(out)).length > 0)
    throw new Fault('configuration', `${out} is not empty: remove it, or name another folder with --out`);
  const { name, version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
  };
  const tarball = await pack(root, out);
  const { files: bundled } = await lambdaBundle(root);
  const zip = archive(bundled);
  const zipFile = `${name}-lambda-${version}-${sha256(zip).slice(0, 16)}.zip`;
  const template = await readFile(join(root, 'deploy', 'template.yaml'), 'utf8');
  const made: readonly (readonly [file: string, what: string, content: string | Uint8Array])[] = [
    [tarball, 'the npm package', await readFile(join(out, tarball))],
    [zipFile, 'the fleet’s Lambda function', zip],
    [
      `${name}-lambda-${version}.cdx.json`,
      'what is in the function: CycloneDX 1.6',
      bundled.get('bom.cdx.json') ?? new Uint8Array(),
    ],
    [
      `${name}-${version}.template.yaml`,
      'the SAM template; CodeBucket is where the zip file lies',
      releaseTemplate(template, zipFile),
    ],
  ];
  for (const [file, , content] of made) await writeFile(join(out, file), content);
  const files = made.map(([file, what, content]) => ({
    file,
    what,
    bytes: Buffer.byteLength(content),
    sha256: sha256(content),
  }));
  const contents = { name, version, files };
  await writeFile(join(out, 'contents.json'), `${JSON.stringify(contents, undefined, 2)}\n`);
  return contents;
}

/** @returns the name of the package's file. */
async function pack(root: string, out: string): Promise<string> {
  const args = ['pack', '--silent', '--offline', '--pack-destination', resolve(out)];
  try {
    const { stdout } = await promisify(execFile)('npm', args, { cwd: root });
    return stdout.trim().split('\n').at(-1) ?? '';
  } catch (error) {
    const said = error as { readonly stdout?: string; readonly stderr?: string };
    throw new Fault(
      'configuration',
      `the package cannot be made: ${said.stdout || said.stderr || String(error)}`,
      {
        cause: error,
      },
    );
  }
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
