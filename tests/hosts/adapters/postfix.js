/* A private Postfix on a loopback port: it delivers into Maildir folders, answers refusals, and
 * sends real delivery reports. It relays nothing. Needs root, as Postfix does.
 * anna@ is delivered, moved@ is accepted and bounces, slow@ waits and is given up after seconds,
 * grey@ is refused for now, everybody else for good. */
import { spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, needPeers, scratch, start, untilListening } from './support.js';

const SERVICES = `
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 1 1 qmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
verify    unix - - n - 1 verify
flush     unix n - n 1000? 0 flush
proxymap  unix - - n - - proxymap
showq     unix n - n - - showq
error     unix - - n - - error
retry     unix - - n - - error
discard   unix - - n - - discard
virtual   unix - n n - - virtual
anvil     unix - - n - 1 anvil
scache    unix - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
`;

function settings({ folder, mail_id, group_id }) {
  return `
compatibility_level = 3.6
queue_directory = ${folder}/queue
data_directory = ${folder}/data
myhostname = mx.clinic.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
default_transport = error:5.7.1 this server never relays
relay_transport = error:5.7.1 this server never relays
relay_domains =
virtual_mailbox_domains = patients.test, clinic.test
virtual_mailbox_base = ${folder}/mail
virtual_mailbox_maps = inline:{ anna@patients.test=anna/ slow@patients.test=locked/slow/
  grey@patients.test=grey/ bounces@clinic.test=bounces/ }
virtual_alias_maps = inline:{ moved@patients.test=gone@patients.test }
virtual_uid_maps = static:${mail_id}
virtual_gid_maps = static:${group_id}
recipient_delimiter = +
smtpd_recipient_restrictions =
  check_recipient_access inline:{ {grey@patients.test=450 4.7.1 greylisted} },
  reject_unauth_destination
message_size_limit = 65536
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 1s
delay_warning_time = 1s
maximal_queue_lifetime = 4s
bounce_queue_lifetime = 4s
alias_maps =
alias_database =
maillog_file = ${folder}/mail.log
maillog_file_prefixes = ${folder}
`;
}

const idOf = (flag, name) => Number(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout);

/** @returns {Promise<{port: number, folder: (name: string) => string,
 *    mails: (name: string) => Buffer[], log: () => string}>} */
export async function startPostfix(t) {
  needPeers('postfix', 'postconf');
  const folder = scratch(t);
  const port = await freePort();
  const config = join(folder, 'config');
  for (const name of ['config', 'queue', 'data', 'mail']) mkdirSync(join(folder, name));
  // Accepted for delivery, and then the folder cannot be made: a mail that waits.
  mkdirSync(join(folder, 'mail', 'locked'), { mode: 0o700 });
  const [mail_id, group_id] = [idOf('-u', 'nobody'), idOf('-g', 'nobody')];
  chownSync(join(folder, 'data'), idOf('-u', 'postfix'), 0);
  chownSync(join(folder, 'mail'), mail_id, group_id);
  writeFileSync(join(config, 'main.cf'), settings({ folder, mail_id, group_id }));
  writeFileSync(join(config, 'master.cf'),
    `127.0.0.1:${port} inet n - n - - smtpd${SERVICES}`);
  // The script makes the folders of the queue; it would also start the master, but out of reach.
  spawnSync('postfix', ['-c', config, 'check']);
  const daemons = spawnSync('postconf', ['-c', config, '-h', 'daemon_directory'],
    { encoding: 'utf8' });
  const master = join(daemons.stdout.trim(), 'master');
  await untilListening(port, start(t, master, ['-c', config, '-d']));
  const box = (name) => join(folder, 'mail', name);
  return {
    port,
    folder: box,
    mails: (name) => filesIn(join(box(name), 'new')).map((path) => readFileSync(path)),
    log: () => readFileSync(join(folder, 'mail.log'), 'utf8'),
  };
}

function filesIn(folder) {
  try {
    return readdirSync(folder).sort().map((name) => join(folder, name));
  } catch {
    return [];
  }
}
