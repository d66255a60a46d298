import type { BundledPackage } from './packages.ts';

/** Packages that come without a text, and why the bundle may have them all the same. */
const WITHOUT_TEXT: Readonly<Record<string, string>> = {};

const RULE = '-'.repeat(80);

/**
 * The licences and notices of these packages as one text; packages that share a text stand before it together.
 *
 * @param withoutText why a package may have none, by its name.
 * @throws Error that names each package without a text and without a reason, or with a reason and a text.
 */
export function licencesText(
  packages: readonly BundledPackage[],
  withoutText: Readonly<Record<string, string>> = WITHOUT_TEXT,
): string {
  const problems: string[] = [];
  const packagesByText = new Map<string, string[]>();
  for (const { name, version, licence, texts } of packages) {
    const reason = withoutText[name];
    if (texts.length === 0 && reason === undefined)
      problems.push(
        `${name} ${version} has no licence text: find out whether it may be bundled, and say why`,
      );
    if (texts.length > 0 && reason !== undefined)
      problems.push(`${name} ${version} has a licence text: take it off the list of those without`);
    const text = texts.length > 0 ? texts.map(tidy).join('\n\n') : (reason ?? '');
    const sharing = packagesByText.get(text) ?? [];
    packagesByText.set(text, [...sharing, `${name} ${version} (${licence})`]);
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return [...packagesByText]
    .map(([text, names]) => `${RULE}\n${names.join('\n')}\n${RULE}\n\n${text}\n`)
    .join('\n');
}

function tidy(text: string): string {
  return text.replaceAll('\r\n', '\n').trim();
}
