import { expect } from 'chai';
import { readImportAnswer } from '../../../src/adapters/typesense/import-answer.ts';

const OK = '{"success":true}';
const BAD = '{"code":400,"error":"Field `year` must be an int32.","success":false}';
const DISK = '{"code":500,"error":"Could not write to on-disk storage.","success":false}';

/** Places are in typesense/typesense at 4a092b0, unless they are issues of it. */
describe('the answer to an import', () => {
  const kinds = (sent: number, ...lines: string[]) =>
    readImportAnswer(lines.join('\n'), sent).outcomes.map(({ kind }) => kind);

  it('is read by the places of its lines (src/core_api.cpp:1520-1724)', () => {
    expect(kinds(3, OK, BAD, OK)).to.deep.equal(['written', 'refused', 'written']);
    expect(kinds(2, OK, DISK)).to.deep.equal(['written', 'failed']);
  });

  it('may begin with an empty line (src/core_api.cpp:1699)', () => {
    expect(kinds(2, '', OK, '', BAD, '')).to.deep.equal(['written', 'refused']);
  });

  it('names a field, and nothing that is not in back-ticks', () => {
    const fieldOf = (error: string) =>
      readImportAnswer(JSON.stringify({ code: 400, error, success: false }), 1).outcomes[0];
    expect(fieldOf('Field `year` must be an int32.')).to.deep.equal({ kind: 'refused', field: 'year' });
    expect(fieldOf("Bad JSON: … last read: 'secret'")).to.deep.equal({ kind: 'refused', field: undefined });
  });

  it('given no line at all, when lines were sent, then nothing is known of any', () => {
    expect(kinds(2)).to.deep.equal(['unknown', 'unknown']);
    expect(kinds(0)).to.deep.equal([]);
  });

  it('given fewer lines, all of success, then they are the first ones', () => {
    expect(kinds(3, OK, OK)).to.deep.equal(['written', 'written', 'unknown']);
  });

  it('given fewer lines after a bad one, then it may have swallowed the next (src/core_api.cpp:1649)', () => {
    expect(kinds(4, OK, BAD, OK)).to.deep.equal(['written', 'unknown', 'unknown', 'unknown']);
  });

  it('given more lines than were sent, then those after the first bad one are nobody’s', () => {
    expect(kinds(3, OK, '{"code":400,"error":"a', 'b","success":false}', OK)).to.deep.equal([
      'written',
      'unknown',
      'unknown',
    ]);
    expect(kinds(1, OK, OK)).to.deep.equal(['written']);
  });

  it('given an error that is not escaped, as before 30.2, then it is read all the same', () => {
    const line = '{"code":400,"error":"Field `year` must be an "int32".","success":false}';
    expect(readImportAnswer(line, 1).outcomes).to.deep.equal([{ kind: 'refused', field: 'year' }]);
    expect(kinds(1, '{"code":500,"error":"the "disk"","success":false}')).to.deep.equal(['failed']);
    expect(kinds(1, '{"code":400,"document":"{"a":1}","error":"Field `a`"x","success":false}')).to.deep.equal(
      ['refused'],
    );
  });

  it('given a line that is none of these, then it is not known', () => {
    for (const line of [
      'null',
      '[]',
      '1',
      '{}',
      '<html>',
      '{"success":false}',
      '{"success":"true"}',
      OK.slice(1),
    ])
      expect(kinds(1, line), line).to.deep.equal(['unknown']);
  });

  it('given a failure to make vectors of a text, then it is not about the document', () => {
    const line = JSON.stringify({ code: 400, error: 'x', embedding_error: { error: 'x' }, success: false });
    expect(kinds(1, line)).to.deep.equal(['failed']);
  });

  it('has the reason for its early end glued to its last line (src/batched_indexer.cpp:272)', () => {
    for (const reason of [
      'Rejecting write: running out of resource type: OUT_OF_DISK',
      'Skipping write.',
      'Skipping writes.',
    ])
      for (const [last, kind] of [
        [OK, 'written'],
        [BAD, 'unknown'],
      ] as const) {
        const { outcomes, stopped } = readImportAnswer(`${OK}\n${last}{"message": "${reason}"}`, 3);
        expect(stopped).to.equal(reason);
        expect(outcomes.map((outcome) => outcome.kind)).to.deep.equal(['written', kind, 'unknown']);
      }
  });

  it('cites no reason that the server does not give of itself', () => {
    expect(readImportAnswer(`${OK}{"message": "a document"}`, 2).stopped).to.equal(undefined);
  });
});
