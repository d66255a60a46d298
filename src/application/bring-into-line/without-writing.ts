import type { RunEffectCommand } from '../../domain/command.ts';
import type { Fingerprinter } from '../../domain/drift/fingerprint.ts';
import type { Change } from '../../domain/change.ts';
import { hasRun } from '../../domain/effect.ts';
import { Fault } from '../../domain/fault.ts';
import { type Entity, entityKey } from '../../domain/pointer.ts';
import { SeenSet } from '../drift/seen-set.ts';
import type { EffectLog } from '../ports/effect-log.ts';
import { type EntityView, ImageRepository } from '../ports/image-repository.ts';
import { ReconcileDefaultImage } from '../reconcile-default-image.ts';
import { type EffectsResult, ZERO_EFFECTS } from '../run-effects.ts';
import type { BringIntoLineDependencies } from './bring-into-line.ts';
import {
  UnwritingDerivedRows,
  UnwritingImages,
  UnwritingMatcher,
  UnwritingQueue,
} from './unwriting-ports.ts';

export interface ReadPorts {
  readonly images: ImageRepository;
  readonly log: EffectLog;
  readonly fingerprints: Fingerprinter;
}

/** So many pointers that would have been written are kept in mind, in 8 to 22 bytes each. */
const MOST_POINTERS = 4_000_000;

/**
 * The same dependencies, by which everything is read and decided, and nothing written: not a row, a state, a pointer or a message, and no effect is
 * run. What would have been written counts as written.
 */
export function withoutWriting(
  deps: BringIntoLineDependencies,
  { images, log, fingerprints }: ReadPorts,
): BringIntoLineDependencies {
  const { matcher, derivedRows, retrier } = deps;
  return {
    ...deps,
    matcher: new UnwritingMatcher(matcher),
    derivedRows: new UnwritingDerivedRows(derivedRows),
    queue: new UnwritingQueue(),
    pointers: new ReconcileDefaultImage(unwrittenPointers(images, fingerprints), retrier),
    effects: { execute: (commands) => unrun(log, commands) },
  };
}

/** Each pointer is written once, though nothing of it is there when the next of its rows is looked at. */
function unwrittenPointers(images: ImageRepository, fingerprints: Fingerprinter): ImageRepository {
  const written = new SeenSet(MOST_POINTERS);
  const looked = new UnwritingImages(images, async (writes) =>
    writes.map(({ view }) => {
      const fingerprint = fingerprints.of(entityKey(view.entity));
      // Another page of its rows was quicker.
      if (written.has(fingerprint)) return 'conflict';
      written.add(fingerprint);
      return 'done';
    }),
  );
  return new OnceWritten(looked, (entity) => written.has(fingerprints.of(entityKey(entity))));
}

/** To which nothing is left to do where something would have been written. */
class OnceWritten extends ImageRepository {
  override readonly load: ImageRepository['load'];
  override readonly save: ImageRepository['save'];

  constructor(images: ImageRepository, isWritten: (entity: Entity) => boolean) {
    super();
    this.save = (...given) => images.save(...given);
    this.load = async (entities, signal) => {
      const views = await images.load(entities, signal);
      return views.map((view, index) => {
        const entity = entities[index];
        return entity !== undefined && isWritten(entity)
          ? ({ ...NOTHING, entity } satisfies EntityView)
          : view;
      });
    };
  }
}

/** No rows and no pointer: nothing is to be done. */
const NOTHING = { newest: undefined, current: undefined, target: undefined, revision: undefined };

/** Of each effect, whether it would run. */
async function unrun(log: EffectLog, commands: readonly RunEffectCommand[]): Promise<EffectsResult> {
  const failed = new Map<Change, Fault>();
  const tally = { ...ZERO_EFFECTS };
  const states =
    commands.length === 0
      ? []
      : await log.load(commands.map(({ model, change }) => ({ model, row: change.row })));
  for (const [index, { change }] of commands.entries()) {
    const state = states[index];
    if (Fault.is(state)) failed.set(change, state);
    else tally[hasRun(state, change) ? 'repeated' : 'run']++;
  }
  return { failed, waiting: new Set(), tally };
}
