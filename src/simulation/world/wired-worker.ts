import type { StreamWorker } from '../../entrypoints/composition/container.ts';
import { type Around, aroundCalls, type Ports } from './ports.ts';
import { withWatchedEffects } from './effect-runs.ts';
import { inSeveralRequests } from '../faults/requests.ts';
import { chanceOf } from './chance.ts';
import type { Instance } from './instance.ts';
import type { Port } from '../faults/call-faults.ts';
import { Wire } from './wire.ts';
import { workerOf } from './worker.ts';
import type { World } from './world.ts';

/** The worker of one process, with the network between it and the stores. */
export function wiredWorker(world: World, instance: Instance, definition = world.definition): StreamWorker {
  const { settings, scheduler, variant } = world;
  const stores = requestsOf(world, instance);
  const over = (purpose: string): Ports => {
    const wire = wireOf(world, instance, purpose);
    const around: Around = (call, make, spurious) => {
      world.invariants.called(instance, call);
      return wire.call(call, make, spurious);
    };
    return aroundCalls(stores, around);
  };
  // In worlds whose table stays where it is, the answer is always the same, and takes no time.
  const { generations } = settings.failovers === 0 ? stores : over('generations wire');
  return workerOf(instance, {
    ports: { ...over('wire'), generations },
    model: withWatchedEffects(world.definitionFor(instance, definition).model, world, instance),
    variant,
    settings,
    scheduler,
    random: chanceOf(settings.seed, 'jitter', instance.name),
  });
}

/** The stores as an instance's repositories use them. */
function requestsOf(world: World, instance: Instance): Ports {
  return inSeveralRequests(world.stores, {
    scheduler: world.scheduler,
    random: chanceOf(world.settings.seed, 'requests', instance.name),
    instance,
    table: world.table,
    reads: world.variant.reads,
    gapMs: world.settings.gapMs,
    perRequest: world.settings.perRequest,
    overtaken: (entity) => {
      world.ledger.inLine(entity, world.scheduler.now);
    },
  });
}

/** @param purpose names its chances. */
function wireOf(world: World, instance: Instance, purpose: string): Wire<Port> {
  return new Wire(instance, {
    scheduler: world.scheduler,
    faultOf: (port, now) => world.faults.ofCall(port, now),
    random: chanceOf(world.settings.seed, purpose, instance.name),
    refusals: chanceOf(world.settings.seed, 'refusals', purpose, instance.name),
    latencyMs: world.settings.latencyMs,
    quietFrom: world.settings.quietFrom,
    crash: (crashed) => {
      world.pool.crash(crashed);
    },
    trace: world.trace,
  });
}
