import type { BundledPackage } from './packages.ts';

type Named = Pick<BundledPackage, 'name' | 'version' | 'licence'>;

/**
 * What is in a bundle, as CycloneDX 1.6 words it in JSON. The same packages give the same text: it has neither a time
 * nor a serial number.
 *
 * @see https://cyclonedx.org/docs/1.6/json/
 */
export function billOfMaterials(bundled: Named, packages: readonly Named[]): string {
  const bill = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: component('application', bundled) },
    components: packages.map((one) => component('library', one)),
  };
  return `${JSON.stringify(bill, undefined, 2)}\n`;
}

function component(type: 'application' | 'library', { name, version, licence }: Named) {
  const slash = name.indexOf('/');
  const purl = `pkg:npm/${name.replace('@', '%40')}@${encodeURIComponent(version)}`;
  return {
    type,
    'bom-ref': purl,
    ...(slash < 0 ? {} : { group: name.slice(0, slash) }),
    name: name.slice(slash + 1),
    version,
    licenses: [/[\s()]/.test(licence) ? { expression: licence } : { license: { id: licence } }],
    purl,
  };
}
