import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { expect } from 'chai';
import { billOfMaterials } from '../../deploy/bundle/bill-of-materials.ts';
import type { Bundle } from '../../src/entrypoints/deployment/bundle/bundle.ts';
import { licencesText } from '../../deploy/bundle/licences.ts';
import { bundledPackages } from '../../deploy/bundle/packages.ts';
import { builtBundle, ROOT } from './unpacked.ts';

interface Component {
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses: readonly { readonly license?: { readonly id: string } }[];
}

/** The folders of the packages that left something in the code, told from the source maps. */
function foldersInMaps({ files }: Bundle): readonly string[] {
  const folders = new Set<string>();
  for (const [name, bytes] of files) {
    if (!name.endsWith('.mjs.map')) continue;
    const { sources } = JSON.parse(Buffer.from(bytes).toString()) as { readonly sources: readonly string[] };
    for (const source of sources) {
      const [folder] = /node_modules\/(?:.*node_modules\/)?(?:@[^/]+\/)?[^/]+/.exec(source) ?? [];
      if (folder !== undefined) folders.add(folder);
    }
  }
  return [...folders];
}

describe('what comes with the bundle', function () {
  this.timeout(180_000);
  let built: Bundle;
  let bill: string;
  let components: readonly Component[];
  let licences: string;

  before(async () => {
    built = await builtBundle();
    const textOf = (name: string) => Buffer.from(built.files.get(name) ?? []).toString();
    bill = textOf('bom.cdx.json');
    licences = textOf('LICENCES.txt');
    components = (JSON.parse(bill) as { readonly components: readonly Component[] }).components;
  });

  it('given the source maps, then each package that they name is listed with its version and licence', () => {
    const listed = new Set(components.map(({ purl }) => purl));
    const folders = foldersInMaps(built);
    expect(folders.length).to.be.greaterThan(30);
    for (const folder of folders) {
      const { name, version, license } = JSON.parse(
        readFileSync(join(ROOT, folder, 'package.json'), 'utf8'),
      ) as Record<string, string>;
      const purl = `pkg:npm/${name!.replace('@', '%40')}@${version}`;
      expect(listed.has(purl), purl).to.equal(true);
      expect(components.find((one) => one.purl === purl)?.licenses[0]?.license?.id, purl).to.equal(license);
      expect(licences, purl).to.include(`\n${name} ${version} (${license})\n`);
    }
  });

  it('given a package’s licence file, then its text is there', () => {
    for (const folder of [
      '@aws-sdk/lib-dynamodb',
      'mnemonist',
      '@smithy/core',
      'winston',
      'reflect-metadata',
    ]) {
      const file = folder === 'mnemonist' ? 'LICENSE.txt' : 'LICENSE';
      const text = readFileSync(join(ROOT, 'node_modules', folder, file), 'utf8');
      expect(licences, folder).to.include(text.replaceAll('\r\n', '\n').trim());
    }
  });

  it('given CycloneDX’s schema, then the list follows it, and has no time and no serial number', async () => {
    const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
    expect(await validator.validate(bill)).to.equal(null);
    expect(bill).not.to.match(/timestamp|serialNumber/);
    const unknownLicence = billOfMaterials({ name: 'a', version: '1', licence: 'MIT' }, [
      { name: 'b', version: '1', licence: 'Licence of my own' },
      { name: 'c', version: '1', licence: 'MINE' },
    ]);
    expect(await validator.validate(unknownLicence)).not.to.equal(null);
  });

  it('given a licence that is an expression, then it is listed as one', async () => {
    const text = billOfMaterials({ name: 'a', version: '1', licence: 'MIT' }, [
      { name: '@b/c', version: '2.0.0+x', licence: '(MIT OR Apache-2.0)' },
    ]);
    expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text)).to.equal(null);
    expect(JSON.parse(text)).to.have.deep.nested.property('components[0]', {
      type: 'library',
      'bom-ref': 'pkg:npm/%40b/c@2.0.0%2Bx',
      group: '@b',
      name: 'c',
      version: '2.0.0+x',
      licenses: [{ expression: '(MIT OR Apache-2.0)' }],
      purl: 'pkg:npm/%40b/c@2.0.0%2Bx',
    });
  });

  describe('the licence texts', () => {
    const one = { version: '1.0.0', licence: 'MIT' };

    it('given packages that share a text, then it is there once, after both of their names', () => {
      const packages = ['a', 'b'].map((name) => ({ ...one, name, texts: ['Do as you like.\r\n'] }));
      expect(licencesText(packages, {}).replaceAll(/-+\n/g, '')).to.equal(
        'a 1.0.0 (MIT)\nb 1.0.0 (MIT)\n\nDo as you like.\n',
      );
    });

    it('given a package without a text, then building fails with its name, unless there is a reason', () => {
      const packages = [{ ...one, name: 'bare', texts: [] }];
      expect(() => licencesText(packages, {})).to.throw('bare 1.0.0 has no licence text');
      expect(licencesText(packages, { bare: 'Public domain.' }))
        .to.include('bare 1.0.0 (MIT)')
        .and.include('Public domain.');
    });

    it('given a package with a text and a reason to have none, then building fails with its name', () => {
      const packages = [{ ...one, name: 'dressed', texts: ['x'] }];
      expect(() => licencesText(packages, { dressed: 'Public domain.' })).to.throw(
        'dressed 1.0.0 has a licence text',
      );
    });

    it('given a bundle’s files, then only packages with code in it are read', async () => {
      const packages = await bundledPackages(ROOT, built.metafile);
      expect(packages.map(({ name }) => name)).to.include.members([
        '@aws-sdk/lib-dynamodb',
        '@aws-sdk/client-sqs',
        'inversify',
      ]);
      expect(packages.map(({ name }) => name)).not.to.include.members(['commander', 'electrodb', 'esbuild']);
      expect(packages.length).to.equal(components.length);
    });
  });
});
