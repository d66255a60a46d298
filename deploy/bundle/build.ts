import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { archive } from '../../src/entrypoints/deployment/bundle/archive.ts';
import { lambdaBundle } from './lambda-bundle.ts';
import { kilobytes, sizesByPackage, sizesText } from './sizes.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');

const { files, metafile } = await lambdaBundle(ROOT);
const zip = archive(files);

const out = join(ROOT, 'build');
await rm(join(out, 'lambda'), { recursive: true, force: true });
await mkdir(join(out, 'lambda'), { recursive: true });
for (const [name, bytes] of files) await writeFile(join(out, 'lambda', name), bytes);
await writeFile(join(out, 'contrail-lambda.zip'), zip);

process.stdout.write(sizesText(sizesByPackage(metafile)));
for (const [name, bytes] of files) process.stdout.write(`${kilobytes(bytes.length)}  build/lambda/${name}\n`);
process.stdout.write(`${kilobytes(zip.length)}  build/contrail-lambda.zip\n`);
