/*
 * Which layer of src may use what. A layer's imports are given by what is allowed, so that a new folder, package or
 * way round is refused until it is allowed here. test/architecture.test.ts shows that each rule bites.
 */

/** What differs each time that it is asked, or reaches out of the process: decisions must depend on nothing of it. */
const IMPURE_GLOBALS = [
  ...['process', 'performance', 'crypto', 'console', 'navigator', 'fetch', 'require', 'eval', 'Function'],
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'],
];

const IMPURE_MEMBERS = [
  { object: 'Date', property: 'now', message: 'Take the time from the port Clock.' },
  { object: 'Math', property: 'random', message: 'Take chance from the port Random.' },
];

const NO_ENVIRONMENT = 'Only src/entrypoints reads the environment: hand in what it says.';

/** Uses of a global that could take a forbidden member out of sight: as a value, or by a member found at run time. */
function aliases(names) {
  const name = `[name=/^(?:${names.join('|')})$/]`;
  return [
    `:not(MemberExpression, NewExpression, BinaryExpression, Property, TSTypeReference) > Identifier${name}`,
    `:matches(Property > .value, NewExpression > .arguments)${name}`,
    `MemberExpression[computed=true][property.type!='Literal'] > .object${name}`,
  ].map((selector) => ({
    selector,
    message: `Use ${names.join(' and ')} only by the members that are needed.`,
  }));
}

const NO_ALIAS_OF_PROCESS = aliases(['process']);
const NO_IMPURE_SYNTAX = [
  ...aliases(['Date', 'Math']),
  ...['NewExpression[callee.name=Date][arguments.length=0]', `TSTypeQuery > .exprName[name=process]`].map(
    (selector) => ({
      selector,
      message: 'Decisions depend on no time and no process: hand in what they need.',
    }),
  ),
];

/**
 * Rules for each depth below a folder of src: imports stay in it, or lead into the given layers, or name a package that
 * matches. Deeper folders than these may climb no higher than the last.
 */
function layer(folder, { layers = [], packages = '(?!)', syntax }) {
  const levels = folder.split('/').length - 1;
  return ['*', '*/*', '*/*/**'].map((files, depth) => {
    const own = ['\\./', '\\.\\./', '\\.\\./\\.\\./'].slice(0, depth + 1).join('|');
    const others = `(?:\\.\\./){${levels + depth}}(?:${layers.join('|') || '(?!)'})/`;
    const allowed = `^(?:(?:${own}|${others})(?!.*\\.\\./)[^.]|${packages})`;
    const message = `${folder} imports ${['itself', ...layers].join(', ')}${packages === '(?!)' ? ' and no package' : ' and packages that eslint.layers.js allows'}.`;
    return {
      files: [`${folder}/${files}`],
      rules: {
        '@typescript-eslint/no-restricted-imports': [
          'error',
          { patterns: [{ regex: `^(?!${allowed.slice(1)})`, caseSensitive: true, message }] },
        ],
        'no-restricted-syntax': [
          'error',
          // A slash ends a selector's pattern.
          {
            selector: `ImportExpression:not([source.value=/${allowed.replaceAll('/', '\\u002f')}/])`,
            message,
          },
          { selector: 'TSImportType', message: 'Import types by a declaration, whose path is checked.' },
          ...syntax,
        ],
      },
    };
  });
}

export const layers = [
  {
    files: ['src/**'],
    ignores: ['src/entrypoints/**'],
    rules: {
      'no-restricted-globals': ['error', 'globalThis', 'global'],
      'no-restricted-properties': ['error', { object: 'process', property: 'env', message: NO_ENVIRONMENT }],
    },
  },
  {
    files: ['src/domain/**', 'src/fleet/**', 'src/application/**', 'src/simulation/**', 'src/random/**'],
    rules: {
      'no-restricted-globals': ['error', 'globalThis', 'global', ...IMPURE_GLOBALS],
      'no-restricted-properties': ['error', ...IMPURE_MEMBERS],
    },
  },
  {
    // It calls a worker's handler, and waits for promises: the process is there. What happens in it depends on a seed alone.
    files: ['src/simulation/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['globalThis', 'global'],
        ...IMPURE_GLOBALS.filter((name) => name !== 'process' && name !== 'setImmediate'),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: NO_ENVIRONMENT },
        ...IMPURE_MEMBERS,
      ],
    },
  },
  ...layer('src/domain', { syntax: NO_IMPURE_SYNTAX }),
  ...layer('src/fleet', { layers: ['domain'], syntax: NO_IMPURE_SYNTAX }),
  ...layer('src/application', { layers: ['domain'], syntax: NO_IMPURE_SYNTAX }),
  // JSON is read alike, wherever it comes from; so are files refused, and folders locked.
  ...layer('src/adapters/*', {
    layers: ['domain', 'application'],
    packages: '(?:(?!(?:node:)?process$)[^.#/]|(?:\\.\\./){1,3}(?:json|files)/[^.])',
    syntax: NO_ALIAS_OF_PROCESS,
  }),
  // Users run it on definitions of their own: it has all of the worker but the backends of others.
  ...layer('src/simulation', {
    layers: ['domain', 'application', 'adapters/memory', 'adapters/dynamodb-stream', 'entrypoints', 'random'],
    packages: '(?:tinyqueue|node:(?:events|util|timers/promises))$',
    syntax: [...NO_IMPURE_SYNTAX, ...NO_ALIAS_OF_PROCESS],
  }),
  // Made-up rows are written apart from what reads them, so that neither repeats the other's mistake.
  ...layer('src/fleet/feed', {
    layers: ['random'],
    packages: '(?:aws-lambda|ulid)$',
    syntax: NO_IMPURE_SYNTAX,
  }),
  ...layer('src/random', { packages: 'pure-rand/.+$', syntax: NO_IMPURE_SYNTAX }),
];
