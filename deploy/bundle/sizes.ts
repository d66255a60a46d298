import type { Metafile } from 'esbuild';
import { packageOf } from './packages.ts';

const SHOWN = 15;

/** Bytes of each package in a bundle's code, largest first; the project's own files are `src`. */
export function sizesByPackage({ outputs }: Metafile): readonly (readonly [name: string, bytes: number])[] {
  const sizes = new Map<string, number>();
  for (const [output, { inputs }] of Object.entries(outputs)) {
    if (!output.endsWith('.mjs')) continue;
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const name = packageOf(path)?.name ?? path.split('/', 1)[0] ?? path;
      sizes.set(name, (sizes.get(name) ?? 0) + bytesInOutput);
    }
  }
  return [...sizes].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
}

/** The table of these sizes, the small ones together. */
export function sizesText(sizes: ReturnType<typeof sizesByPackage>): string {
  const rest = sizes.slice(SHOWN);
  const rows = [
    ...sizes.slice(0, SHOWN),
    [`${rest.length} more`, rest.reduce((sum, [, bytes]) => sum + bytes, 0)] as const,
  ];
  return rows.map(([name, bytes]) => `${kilobytes(bytes)}  ${name}\n`).join('');
}

/** In thousands of bytes, as the budget counts them. */
export function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1).padStart(7)} kB`;
}
