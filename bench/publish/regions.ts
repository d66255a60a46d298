/** A part of a page that is written by the benchmark: between two comments, which readers do not see. */
const REGION = /(?<begin><!-- measured:(?<name>[a-z-]+) -->\n)[^]*?(?<end><!-- measured:end -->)/g;

/**
 * A page with its measured parts as they are now.
 *
 * @param regions each part's Markdown, by its name.
 * @throws Error where the page and `regions` do not have the same parts, each once.
 */
export function withRegions(page: string, regions: Readonly<Record<string, string>>): string {
  const found: string[] = [];
  const text = page.replaceAll(REGION, (...match) => {
    const { begin, name, end } = match.at(-1) as Readonly<Record<'begin' | 'name' | 'end', string>>;
    const region = regions[name];
    if (region === undefined) throw new Error(`the page has a part ${name}, of which nothing is known`);
    found.push(name);
    return `${begin}\n${region}\n\n${end}`;
  });
  for (const name of Object.keys(regions))
    if (found.filter((one) => one === name).length !== 1)
      throw new Error(
        `the page must have one part ${name}, from <!-- measured:${name} --> to <!-- measured:end -->`,
      );
  return text;
}
