import type { EffectMove } from '../../domain/effect.ts';
import { type Entry, isAfter, nameOf } from '../world/entry.ts';
import type { Instance } from '../world/instance.ts';
import { stateKey } from '../world/state-key.ts';
import type { World } from '../world/world.ts';
import { spoilOf } from './spoiled.ts';

/** The code of an effect, called for a change. */
export interface EffectCall {
  readonly derivation: string;
  readonly entry: Entry;
  /** Of the state that is kept of the row and the effect. */
  readonly key: string;
}

interface Caller {
  readonly world: World;
  readonly instance: Instance;
  /** The change for which the same process runs the code at this moment. */
  readonly other: Entry | undefined;
}

/** When the code of an effect is called: whether it is its turn. */
export function checkCalled(
  { derivation, entry, key }: EffectCall,
  { world, instance, other }: Caller,
): void {
  const { ledger, invariants } = world;
  const { report } = invariants;
  const what = `${instance.name} runs ${derivation} for ${nameOf(entry)}`;
  if (other !== undefined)
    report(
      'an effect runs for one change of an item at a time',
      `${what}, while it runs for ${nameOf(other)}`,
    );
  if (!world.askedBy(instance, entry).effects.includes(derivation))
    report('an effect runs for what it is for', what);
  const noted = ledger.effects.noted(key);
  const started = instance.invocation?.started ?? 0;
  if (noted !== undefined && noted.time < started && !isAfter(entry.position, noted.position))
    report('an effect that is noted to have run does not run again', what);
  const skipped = ledger.entries.find(
    (one) =>
      one.key === entry.key &&
      one.position.epoch === entry.position.epoch &&
      isAfter(entry.position, one.position) &&
      world.isAskedByAll(one, derivation) &&
      !ledger.effects.hasRun(key, one) &&
      !ledger.isQuarantined(one) &&
      !ledger.isAside(one) &&
      world.reigns.lossOf(one) === undefined &&
      // Nobody knows which item it is of.
      one.spoil?.hidesItem !== true,
  );
  if (skipped !== undefined)
    report(
      'an effect runs for the changes of an item in their order',
      `${what}, and has not run for ${nameOf(skipped)}`,
    );
  const { invocation } = instance;
  if (invocation !== undefined && spoilOf(entry, invocation) !== undefined && !ledger.isQuarantined(entry))
    report('an effect runs for what it is for', `${what}, which cannot be read`);
}

/** When it is noted that an effect has run: whether it has. */
export function checkNoted({ source, to, write }: EffectMove, { ledger, invariants }: World): void {
  const entry = ledger.entryAt(to.version);
  const key = stateKey(source);
  const what = `${source.model.name} for ${entry === undefined ? to.version.sequence : nameOf(entry)}`;
  if (entry === undefined || !ledger.effects.hasRun(key, entry)) {
    invariants.report('an effect is noted only once it has run', what);
    return;
  }
  if (ledger.effects.handsIn(key, entry) && ledger.effects.timesWritten(key, entry) === 0)
    invariants.report(
      'what an effect hands in is written once',
      `${what} is noted, and what it handed in ${write === undefined ? 'is left out' : 'is not written'}`,
    );
}
