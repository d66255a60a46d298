import type { Plan } from '../plan.ts';
import { ENGINE_PAIRS, type EnginePairRun } from './engine-pairs.ts';
import { paired } from './paired.ts';
import { microsecondsPerRecord } from './processor.ts';
import { spreadOf } from './statistics.ts';

const ROUNDS = 5;
const WARM_UPS = 3;

const [index = '', given = ''] = process.argv.slice(2);
const plan = JSON.parse(given) as Plan;
const pair = ENGINE_PAIRS[Number(index)];
if (pair === undefined) throw new Error(`there is no pair ${index}`);
const records = pair.records(plan);
const timed = (work: (all: typeof records) => unknown) => () =>
  microsecondsPerRecord(records.length, () => work(records), plan.leastMs);
const [own = [], peer = []] = await paired([timed(pair.own), timed(pair.peer)], ROUNDS, WARM_UPS);
const run: EnginePairRun = { own: spreadOf(own).median, peer: spreadOf(peer).median };
process.stdout.write(JSON.stringify(run), () => process.exit(0));
