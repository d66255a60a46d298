import { expect } from 'chai';
import { defineTable } from '../../../src/domain/definition/define-table.ts';
import { effect, type EffectSpec, skip } from '../../../src/domain/definition/effect.ts';
import { row, type KeyTemplates, type AnyAttributes } from '../../../src/domain/definition/row.ts';
import type { EffectModel } from '../../../src/domain/effect.ts';
import { faultOf } from '../../support/factories.ts';

const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' });
const nothing = () => undefined;

type Spec = EffectSpec<KeyTemplates, AnyAttributes>;

/** A table whose orders have an effect; of a specification that no type checks. */
function tableWith(spec: unknown) {
  return defineTable({
    keys: { partition: 'PK', sort: 'SK' },
    rows: { order },
    derive: { badges: effect(order, spec as never) },
  });
}

function modelOf(spec: Spec): EffectModel {
  const [model] = tableWith(spec).model.rows.flatMap(({ effects }) => effects);
  if (model === undefined) throw new Error('there is no effect');
  return model;
}

function problemsOf(spec: unknown): readonly string[] {
  const { kind, message } = faultOf(() => tableWith(spec));
  expect(kind).to.equal('configuration');
  return message
    .split('\n- ')
    .slice(1)
    .map((problem) => {
      expect(problem).to.match(/^derivation badges: /);
      return problem.replace('derivation badges: ', '');
    });
}

describe('effect', () => {
  it('given only what to run, then it runs for every change, three times, for ten seconds each', () => {
    expect(modelOf({ run: nothing })).to.deep.equal({
      name: 'badges',
      run: nothing,
      takes: 'one',
      on: undefined,
      where: undefined,
      backfill: false,
      attempts: 3,
      timeoutMs: 10_000,
      backoff: undefined,
    });
  });

  it('given everything, then it is as it was given', () => {
    const where = () => true;
    const limits = { attempts: 100, timeoutMs: 900_000, backoff: { baseMs: 60_000, capMs: 60_000 } };
    expect(
      modelOf({ runBatch: nothing, on: ['REMOVE', 'INSERT'], where, backfill: true, ...limits }),
    ).to.deep.equal({
      name: 'badges',
      run: nothing,
      takes: 'many',
      on: ['REMOVE', 'INSERT'],
      where,
      backfill: true,
      ...limits,
    });
  });

  it('given one attempt of a millisecond, then that is allowed', () => {
    expect(modelOf({ run: nothing, attempts: 1, timeoutMs: 1 })).to.include({ attempts: 1, timeoutMs: 1 });
  });

  it('given pauses of no time, then that is allowed', () => {
    const backoff = { baseMs: 0, capMs: 0 };
    expect(modelOf({ run: nothing, backoff }).backoff).to.deep.equal(backoff);
  });

  it('given several of one row, then the row has them all', () => {
    const { model } = defineTable({
      keys: { partition: 'PK', sort: 'SK' },
      rows: { order },
      derive: { badges: effect(order, { run: nothing }), mails: effect(order, { run: nothing }) },
    });
    expect(model.rows[0]?.effects.map(({ name }) => name)).to.deep.equal(['badges', 'mails']);
  });

  const COUNT = 'its attempts must be an integer from 1 to 100, and is';
  const TIME = 'its timeoutMs must be an integer of milliseconds from 1 to 900,000, and is';
  const PAUSE = 'must be an integer of milliseconds from 0 to 60,000, and is';
  const ON = 'its on must be an array of INSERT, MODIFY, REMOVE, and';
  const WRONG: Readonly<Record<string, readonly [spec: unknown, ...problems: string[]]>> = {
    'no specification': [
      undefined,
      'its specification must be an object with run, runBatch, on, where, backfill, attempts, timeoutMs, backoff, and is undefined',
    ],
    'a function instead of one': [
      nothing,
      'its specification must be an object with run, runBatch, on, where, backfill, attempts, timeoutMs, backoff, and is a function',
    ],
    'nothing to run': [{}, 'its run must be a function, and is undefined'],
    'a run that is no function': [{ run: 'badges' }, 'its run must be a function, and is "badges"'],
    'a run that is null': [{ run: null }, 'its run must be a function, and is null'],
    'a runBatch that is no function': [{ runBatch: 1 }, 'its runBatch must be a function, and is 1'],
    'two things to run': [{ run: nothing, runBatch: nothing }, 'it has both run and runBatch: leave one out'],
    'two wrong things to run': [
      { run: 1, runBatch: 2 },
      'it has both run and runBatch: leave one out',
      'its runBatch must be a function, and is 2',
      'its run must be a function, and is 1',
    ],
    'a where that is no function': [
      { run: nothing, where: true },
      'its where must be a function, and is a boolean',
    ],
    'no operation': [{ run: nothing, on: [] }, `${ON} is an empty array`],
    'an unknown operation': [{ run: nothing, on: ['UPDATE'] }, `${ON} has "UPDATE"`],
    'an operation without an array': [{ run: nothing, on: 'INSERT' }, `${ON} is "INSERT"`],
    'a backfill that is neither true nor false': [
      { run: nothing, backfill: 'yes' },
      'its backfill must be true or false, and is "yes"',
    ],
    'a backfill of what is not for insertions': [
      { run: nothing, on: ['REMOVE'], backfill: true },
      'it has backfill, which runs it as for an insertion, and is not on INSERT: leave one out',
    ],
    'no attempts': [{ run: nothing, attempts: 0 }, `${COUNT} 0`],
    'half an attempt': [{ run: nothing, attempts: 1.5 }, `${COUNT} 1.5`],
    'too many attempts': [{ run: nothing, attempts: 101 }, `${COUNT} 101`],
    'attempts in words': [{ run: nothing, attempts: '3' }, `${COUNT} "3"`],
    'no time': [{ run: nothing, timeoutMs: 0 }, `${TIME} 0`],
    'more time than a worker has': [{ run: nothing, timeoutMs: 900_001 }, `${TIME} 900001`],
    'endless time': [{ run: nothing, timeoutMs: Infinity }, `${TIME} Infinity`],
    'a backoff that is no object': [
      { run: nothing, backoff: 50 },
      'its backoff must be an object with baseMs, capMs, and is a number',
    ],
    'half a backoff': [{ run: nothing, backoff: { baseMs: 50 } }, `its backoff.capMs ${PAUSE} undefined`],
    'a backoff of other members': [
      { run: nothing, backoff: { baseMs: 1, capMs: 1, max: 5 } },
      'its backoff has max, which is unknown; there are baseMs, capMs',
    ],
    'a backoff that is too long, and one in words': [
      { run: nothing, backoff: { baseMs: '50', capMs: 60_001 } },
      `its backoff.baseMs ${PAUSE} "50"`,
      `its backoff.capMs ${PAUSE} 60001`,
    ],
    'a backoff below zero': [
      { run: nothing, backoff: { baseMs: -1, capMs: 1 } },
      `its backoff.baseMs ${PAUSE} -1`,
    ],
    'a first pause beyond the last': [
      { run: nothing, backoff: { baseMs: 100, capMs: 50 } },
      'its backoff.baseMs is 100, more than its capMs, which is 50',
    ],
    'a name that is misspelt': [
      { run: nothing, timeout: 5 },
      'its specification has timeout, which is unknown; there are run, runBatch, on, where, backfill, attempts, timeoutMs, backoff',
    ],
  };
  for (const [what, [spec, ...problems]] of Object.entries(WRONG))
    it(`given ${what}, then it is refused, and the message says so`, () => {
      expect(problemsOf(spec)).to.deep.equal(problems);
    });

  it('given many wrong things, then all are said at once', () => {
    const spec = { run: 1, where: 2, on: [], attempts: 0, timeoutMs: 0 };
    expect(problemsOf(spec)).to.have.length(5);
  });
});

describe('skip', () => {
  it('says why', () => {
    expect(skip('no badge to give')).to.deep.equal({ is: 'skipped', why: 'no badge to give' });
    expect(Object.isFrozen(skip(''))).to.equal(true);
  });
});
