import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openDatabase } from '../../../src/adapters/postgres/client/open-database.ts';
import type { TlsParameters } from '../../../src/adapters/postgres/client/tls-parameters.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { OWN_SERVER_MISSING, type OwnServer, ownServer } from '../../integration/own-server.ts';
import { describeUnless } from '../../support/describe-unless.ts';

/* What libpq's sslmode and its files mean, on a server whose certificate is localhost's. */

type Said = Readonly<Record<string, string>>;

/** What a connection came to: whether it is encrypted and whose certificate it showed, or the message. */
async function connected(url: string, given: Said = {}, variables: TlsParameters = {}) {
  const query = new URLSearchParams(given).toString();
  const database = await openDatabase({ url: query === '' ? url : `${url}?${query}`, tls: variables }).catch(
    (error: unknown) => error as Fault,
  );
  if (Fault.is(database)) return `${database.kind}: ${database.message}`;
  try {
    const [row] = await database.query<{ ssl: boolean; subject: string | null }>(
      `select ssl, client_dn as subject from pg_stat_ssl where pid = pg_backend_pid()`,
    );
    return row?.ssl === true ? `encrypted${row.subject ?? ''}` : 'plain';
  } catch (error) {
    if (!Fault.is(error)) throw error;
    return `${error.kind}: ${error.message}`;
  } finally {
    await database.close();
  }
}

const openssl = execSucceeds('openssl', ['version']) ? undefined : 'no openssl here: install openssl';

function execSucceeds(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describeUnless(OWN_SERVER_MISSING ?? openssl, 'TLS to PostgreSQL', () => {
  let folder: string;
  let server: OwnServer;
  const file = (name: string) => join(folder, name);
  const home = process.env['HOME'];

  /** An authority, and what it vouches for: a name each. */
  async function authority(name: string, ...subjects: readonly (readonly [file: string, name: string])[]) {
    const run = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
    const aKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    run(
      'req',
      '-x509',
      ...aKey,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.crt`,
      '-subj',
      `/CN=${name}`,
      '-days',
      '2',
    );
    for (const [each, subject] of subjects) {
      run('req', ...aKey, '-keyout', `${each}.key`, '-out', `${each}.csr`, '-subj', `/CN=${subject}`);
      await writeFile(file(`${each}.ext`), `subjectAltName=DNS:${subject}`);
      const by = ['-CA', `${name}.crt`, '-CAkey', `${name}.key`, '-CAcreateserial', '-days', '2'];
      run('x509', '-req', '-in', `${each}.csr`, ...by, '-extfile', `${each}.ext`, '-out', `${each}.crt`);
    }
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'contrail-tls-'));
    await authority('ours', ['server', 'localhost'], ['client', 'postgres']);
    await authority('theirs', ['stranger', 'postgres']);
    server = await ownServer(['ssl = on', 'ssl_ca_file = authority.crt', 'fsync = off'].map(quoted), {
      'server.crt': await readFile(file('server.crt'), 'utf8'),
      'server.key': await readFile(file('server.key'), 'utf8'),
      'authority.crt': await readFile(file('ours.crt'), 'utf8'),
      // A database for those with TLS, one for those without, and one for those with a certificate.
      'pg_hba.conf': [
        'hostssl encrypted all all trust',
        'hostnossl plain all all trust',
        'hostssl certified all all cert',
        'host postgres all all trust',
      ].join('\n'),
    });
    const database = await openDatabase({ url: server.url() });
    for (const name of ['encrypted', 'plain', 'certified']) await database.query(`create database ${name}`);
    await database.close();
    // Where libpq looks for files that nobody names.
    process.env['HOME'] = folder;
  });

  after(async () => {
    process.env['HOME'] = home;
    await server.remove();
    await rm(folder, { recursive: true });
  });

  const at = (database: string, host = 'localhost') => server.url({ host, database });
  const ours = () => file('ours.crt');
  const theirs = () => file('theirs.crt');

  it('is as sslmode says, where nobody is checked', async () => {
    expect(await connected(at('postgres'))).to.equal('encrypted');
    for (const [sslmode, all, withTls, without] of [
      ['disable', 'plain', 'refused', 'plain'],
      ['allow', 'plain', 'encrypted', 'plain'],
      ['prefer', 'encrypted', 'encrypted', 'plain'],
      ['require', 'encrypted', 'encrypted', 'refused'],
    ] as const) {
      const found = await Promise.all(
        ['postgres', 'encrypted', 'plain'].map(async (database) => {
          const said = await connected(at(database), { sslmode });
          return /^configuration: .*no pg_hba\.conf entry/.test(said) ? 'refused' : said;
        }),
      );
      expect(found, sslmode).to.deep.equal([all, withTls, without]);
    }
  });

  it('checks the authority, and in verify-full the host', async () => {
    const wrongHost =
      /^configuration: database encrypted at 127\.0\.0\.1:\d+: Hostname\/IP does not match.*; check sslmode/;
    const wrongAuthority =
      /^configuration: database encrypted at localhost:\d+: (?:unable to|self.signed).*; check sslmode, sslrootcert/;
    for (const sslmode of ['require', 'verify-ca', 'verify-full']) {
      expect(await connected(at('encrypted'), { sslmode, sslrootcert: ours() })).to.equal('encrypted');
      expect(await connected(at('encrypted'), { sslmode, sslrootcert: theirs() })).to.match(wrongAuthority);
      const byAddress = await connected(at('encrypted', '127.0.0.1'), { sslmode, sslrootcert: ours() });
      if (sslmode === 'verify-full') expect(byAddress).to.match(wrongHost);
      else expect(byAddress).to.equal('encrypted');
    }
    for (const sslmode of ['verify-ca', 'verify-full'])
      expect(await connected(at('encrypted'), { sslmode })).to.contain(
        `sslmode=${sslmode} needs to know whom to trust`,
      );
    const system = { sslrootcert: 'system' };
    expect(await connected(at('encrypted'), system)).to.match(wrongAuthority);
    expect(await connected(at('encrypted'), { ...system, sslmode: 'require' })).to.match(/use verify-full/);
  });

  it('takes the variables where the URL says nothing', async () => {
    const variables = { sslmode: 'verify-full', sslrootcert: theirs() };
    expect(await connected(at('encrypted'), {}, variables)).to.match(/^configuration: .*check sslmode/);
    expect(await connected(at('encrypted'), { sslrootcert: ours() }, variables)).to.equal('encrypted');
    expect(await connected(at('plain'), { sslmode: 'disable' }, variables)).to.equal('plain');
  });

  it('shows a certificate of its own', async () => {
    const shown = { sslcert: file('client.crt'), sslkey: file('client.key') };
    expect(await connected(at('certified'), { sslmode: 'require', ...shown })).to.equal(
      'encrypted/CN=postgres',
    );
    expect(await connected(at('certified'), { sslmode: 'require' }, shown)).to.equal('encrypted/CN=postgres');
    expect(await connected(at('certified'), { sslmode: 'require' })).to.match(
      /^configuration: .*requires a valid client certificate/,
    );
    const stranger = { sslcert: file('stranger.crt'), sslkey: file('stranger.key') };
    expect(await connected(at('certified'), { sslmode: 'require', ...stranger })).to.match(
      /^configuration: .*alert.*check sslmode, sslrootcert and sslcert/,
    );
  });

  it('looks for files where libpq does, that nobody names', async () => {
    const usual = join(folder, '.postgresql');
    execFileSync('mkdir', [usual]);
    try {
      for (const [name, from] of [
        ['root.crt', 'ours.crt'],
        ['postgresql.crt', 'client.crt'],
        ['postgresql.key', 'client.key'],
      ] as const)
        await writeFile(join(usual, name), await readFile(file(from)));
      expect(await connected(at('certified'), { sslmode: 'verify-full' })).to.equal('encrypted/CN=postgres');
      await writeFile(join(usual, 'root.crt'), await readFile(theirs()));
      expect(await connected(at('encrypted'), { sslmode: 'require' })).to.match(
        /^configuration: .*check sslmode/,
      );
    } finally {
      await rm(usual, { recursive: true });
    }
  });

  it('is not asked of a server that has none, unless sslmode says so', async () => {
    const turn = async (ssl: 'on' | 'off') => {
      const database = await openDatabase({ url: at('postgres') });
      await database.query(`alter system set ssl = ${ssl}`);
      await database.query('select pg_reload_conf()');
      await database.close();
      const expected = ssl === 'on' ? 'encrypted' : 'plain';
      let found = '';
      // Once it is read.
      for (let times = 1; found !== expected && times <= 100; times++)
        found = await connected(at('postgres'));
      expect(found).to.equal(expected);
    };
    await turn('off');
    try {
      for (const sslmode of ['disable', 'allow', 'prefer'])
        expect(await connected(at('postgres'), { sslmode })).to.equal('plain');
      expect(await connected(at('postgres'), { sslmode: 'require' })).to.match(
        /^configuration: database .* does not support SSL connections; check sslmode/,
      );
    } finally {
      await turn('on');
    }
  });

  it('is told what is wrong with it in one line', async () => {
    const files = 'check DATABASE_URL, and the files that it names, or those of PGSSLMODE';
    for (const [given, words] of [
      [{ sslmode: 'yes' }, 'sslmode is none of disable, allow, prefer, require, verify-ca, verify-full'],
      [{ sslmode: 'require', sslrootcert: '/none' }, `ENOENT: no such file or directory, open '/none'`],
      [{ sslmode: 'require', sslcert: '/none' }, `ENOENT: no such file or directory, open '/none'`],
    ] as const) {
      const said = await connected(at('postgres'), given);
      expect(said).to.match(/^configuration: database postgres at localhost:\d+: /);
      expect(said).to.contain(words).and.to.contain(files).and.not.to.contain('\n');
    }
  });
});

/** As postgresql.conf has values. */
function quoted(setting: string): string {
  return setting.replace(/= (\S+\.\S+)$/, `= '$1'`);
}
