/** What runs in a process of its own, by name: only what is asked for is loaded. */
const CHILDREN = {
  derivations: () => import('./derivations-child.ts'),
  engine: () => import('./engine-child.ts'),
  indexer: () => import('./indexer-child.ts'),
  memory: () => import('./memory-child.ts'),
  'search-engine': () => import('./search-engine-child.ts'),
  series: () => import('./series-child.ts'),
  workers: () => import('./workers-child.ts'),
} as const;

export type ChildName = keyof typeof CHILDREN;

const [name] = process.argv.splice(2, 1);
await CHILDREN[name as ChildName]();
