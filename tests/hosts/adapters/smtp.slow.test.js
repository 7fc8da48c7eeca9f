/* The SMTP adapter with a real Postfix: mails are read back from its Maildir with a parser that is
 * not ours, and its delivery reports come back through the bounce folder. Faults that Postfix
 * does not have on demand are played by a scripted server. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { before, test } from 'node:test';
import PostalMime from 'postal-mime';
import { readBounce } from '../../../hosts/node/adapters/bounces.js';
import { config_schema, smtp } from '../../../hosts/node/adapters/smtp.js';
import { startPostfix } from './postfix.js';
import { atEnd, fileScope } from '../host.js';
import { configured, effect, freePort, quiet, scratch, until } from './support.js';

const SERVICES = { epoch: 'e1', secret: 'a secret of the installation' };
const LINK = 'https://clinic.example/chat#AAAAAAABAbCdEfGhIjKlMnOpQr';
const MAIL = {
  to: 'anna@patients.test', name: 'Анна Жукова',
  subject: 'Клиника «Здоровье» ответила на ваш отзыв, прочитайте, пожалуйста, её сообщение',
  text: `Здравствуйте, Анна!\nПрочитать и ответить: ${LINK}\n`,
  html: `<p>Здравствуйте, <b>Анна</b>!</p><p><a href="${LINK}">Прочитать и ответить</a></p>`,
};

const file = fileScope();
let postfix;
before(async () => { postfix = await startPostfix(file); });

/** An adapter whose reports are gathered; it reads the bounces of Postfix. */
function adapterFor(t, settings = {}, report = undefined) {
  const reports = [];
  const config = configured(config_schema, { host: '127.0.0.1', port: postfix.port,
    ignore_tls: true, from: 'Клиника «Здоровье» <no-reply@clinic.test>',
    bounce_interval_ms: 100, ...settings });
  const adapter = smtp(config, { log: quiet, ...SERVICES,
    report: report ?? (async (event) => { reports.push(event); }) });
  atEnd(t, () => adapter.close());
  const reported = (outcome, status) => until(`a report ${status}`, () => reports.find((event) =>
    event.provider_id === outcome.provider_id && event.status === status));
  return { adapter, reports, reported };
}

const withBounces = (t) => adapterFor(t, { bounce_folder: postfix.folder('bounces') });

async function received(box, outcome) {
  const raw = await until(`a mail in ${box}`, () => postfix.mails(box).find((bytes) =>
    bytes.includes(`<${outcome.provider_id}@`)));
  return { raw: raw.toString(), mail: await PostalMime.parse(raw) };
}

test('a mail arrives with both parts, Cyrillic and the link, marked as automatic', async (t) => {
  const { adapter } = adapterFor(t);
  const outcome = await adapter.send(effect(MAIL));
  assert.equal(outcome.status, 'sent');
  const { raw, mail } = await received('anna', outcome);
  assert.equal(mail.subject, MAIL.subject);
  assert.deepEqual(mail.from, { address: 'no-reply@clinic.test', name: 'Клиника «Здоровье»' });
  assert.deepEqual(mail.to[0], { address: MAIL.to, name: MAIL.name });
  assert.equal(mail.text.trim(), MAIL.text.trim());
  assert.equal(mail.html.trim(), MAIL.html.trim());
  assert.equal(mail.messageId, `<${outcome.provider_id}@clinic.test>`);
  const header = (key) => mail.headers.find((entry) => entry.key === key)?.value;
  assert.match(header('content-type'), /^multipart\/alternative/);
  assert.equal(header('auto-submitted'), 'auto-generated');
  assert.equal(header('list-unsubscribe'), undefined);
  assert.ok(raw.startsWith(`Return-Path: <bounces+${outcome.provider_id}@clinic.test>`));
});

test('a mail that the core wrote as text alone gets the same words as HTML', async (t) => {
  const { adapter } = adapterFor(t);
  const text = `Анна, "R&D" <script>alert(1)</script>\n\nСсылка: ${LINK}.\nДо встречи!`;
  const outcome = await adapter.send(effect({ ...MAIL, html: undefined, locale: 'ru', text }));
  const { mail } = await received('anna', outcome);
  assert.equal(mail.text.trim(), text);
  assert.ok(mail.html.includes(`Ссылка: <a href="${LINK}">${LINK}</a>.<br>`));
  assert.ok(mail.html.includes('&#34;R&#38;D&#34; &#60;script&#62;'));
  assert.ok(mail.html.includes('<html lang="ru">'));
});

test('only a notice that can be declined says how to decline it', async (t) => {
  const { adapter } = adapterFor(t);
  const unsubscribe_url = 'https://clinic.example/stop#Abc';
  const outcome = await adapter.send(effect({ ...MAIL, unsubscribe_url }));
  const { mail } = await received('anna', outcome);
  const header = (key) => mail.headers.find((entry) => entry.key === key)?.value;
  assert.equal(header('list-unsubscribe'), `<${unsubscribe_url}>`);
  assert.equal(header('list-unsubscribe-post'), 'List-Unsubscribe=One-Click');
});

test('an effect that is sent twice is one Message-ID', async (t) => {
  const { adapter } = adapterFor(t);
  const mail = effect(MAIL);
  const outcomes = [await adapter.send(mail), await adapter.send({ ...mail, attempt: 2 })];
  assert.equal(outcomes[0].provider_id, outcomes[1].provider_id);
  await until('two copies', () => postfix.mails('anna').filter((bytes) =>
    bytes.includes(`Message-ID: <${outcomes[0].provider_id}@clinic.test>`)).length === 2);
});

test('forty mails at once over four connections arrive once each', async (t) => {
  const { adapter } = adapterFor(t);
  const outcomes = await Promise.all(Array.from({ length: 40 }, () => adapter.send(effect(MAIL))));
  assert.ok(outcomes.every(({ status }) => status === 'sent'));
  const ids = outcomes.map(({ provider_id }) => provider_id);
  const copies = (id) => postfix.mails('anna').filter((bytes) =>
    bytes.includes(`Message-ID: <${id}@clinic.test>`)).length;
  await until('all are there', () => ids.every((id) => copies(id) === 1));
});

test('a delivery that Postfix confirms is reported as delivered', async (t) => {
  const { adapter, reported } = withBounces(t);
  await reported(await adapter.send(effect(MAIL)), 'delivered');
});

test('a bounce that comes later is reported as failed for good', async (t) => {
  const { adapter, reported } = withBounces(t);
  const outcome = await adapter.send(effect({ ...MAIL, to: 'moved@patients.test' }));
  assert.equal(outcome.status, 'sent');
  assert.deepEqual(await reported(outcome, 'failed'), { channel: 'email', status: 'failed',
    provider_id: outcome.provider_id, error: 'bounce.5.1.1' });
});

test('a mail that only waits is no failure; given up with a 4.x.x status it is one', async (t) => {
  const { adapter, reports, reported } = withBounces(t);
  const outcome = await adapter.send(effect({ ...MAIL, to: 'slow@patients.test' }));
  assert.equal(outcome.status, 'sent');
  await reported(outcome, 'sent');
  assert.equal((await reported(outcome, 'failed')).error, 'bounce.4.2.0');
  assert.deepEqual(reports.filter(({ provider_id }) => provider_id === outcome.provider_id)
    .map(({ status }) => status), ['sent', 'failed']);
});

test('an unknown recipient fails at once and for good', async (t) => {
  const { adapter } = adapterFor(t);
  assert.deepEqual(await adapter.send(effect({ ...MAIL, to: 'nobody@patients.test' })),
    { status: 'failed', error: 'smtp.550_5.1.1' });
});

test('a domain that the server does not relay to fails for good', async (t) => {
  const { adapter } = adapterFor(t);
  const outcome = await adapter.send(effect({ ...MAIL, to: 'anna@elsewhere.test' }));
  assert.deepEqual(outcome, { status: 'failed', error: 'smtp.554_5.7.1' });
});

test('a greylisted recipient is for now', async (t) => {
  const { adapter } = adapterFor(t);
  assert.deepEqual(await adapter.send(effect({ ...MAIL, to: 'grey@patients.test' })),
    { status: 'retry', error: 'smtp.450_4.7.1' });
});

test('nobody there is for now', async (t) => {
  const { adapter } = adapterFor(t, { port: await freePort() });
  assert.equal((await adapter.send(effect(MAIL))).status, 'retry');
});

test('a line break in a header is refused before any connection', async (t) => {
  const server = await scripted(t, {});
  const { adapter } = adapterFor(t, { port: server.port });
  const evil = '\r\nBcc: everybody@patients.test';
  for (const key of ['subject', 'name', 'to', 'unsubscribe_url']) {
    for (const text of [`${MAIL[key] ?? 'https://x'}${evil}`, `x${evil.slice(1)}`, 'x\0y']) {
      assert.equal((await adapter.send(effect({ ...MAIL, [key]: text }))).status, 'failed');
    }
  }
  for (const to of ['anna', 'a@b@c', '<anna@patients.test>', 'a@b, c@d', '']) {
    assert.equal((await adapter.send(effect({ ...MAIL, to }))).status, 'failed', to);
  }
  assert.equal(server.connections(), 0);
});

test('text never makes the adapter read a file or fetch an address', async (t) => {
  const { adapter } = adapterFor(t);
  const outcome = await adapter.send(effect({ ...MAIL, text: { path: '/etc/hostname' } }));
  assert.notEqual(outcome.status, 'sent');
});

/** An SMTP server that answers by `script`: a command's answer, or `null` to cut the line there.
 *  `content` is what follows the end of a mail. */
async function scripted(t, script) {
  const answers = { greeting: '220 mx ESMTP', EHLO: '250-mx\r\n250 AUTH PLAIN', MAIL: '250 ok',
    RCPT: '250 ok', DATA: '354 go on', content: '250 taken', AUTH: '235 welcome', RSET: '250 ok',
    QUIT: '221 bye', ...script };
  let connections = 0;
  const taken = [];
  const server = createServer((socket) => {
    connections += 1;
    const say = (name) => {
      if (answers[name] === null) socket.destroy();
      else if (answers[name]) socket.write(`${answers[name]}\r\n`);
    };
    let typed = '';
    let content = false;
    say('greeting');
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      typed += chunk;
      for (;;) {
        const end = typed.indexOf(content ? '\r\n.\r\n' : '\r\n');
        if (end < 0) return;
        const line = typed.slice(0, end);
        typed = typed.slice(end + (content ? 5 : 2));
        if (content) taken.push(line);
        const name = content ? 'content' : line.split(/[ :]/)[0].toUpperCase();
        content = name === 'DATA' && answers.DATA?.startsWith('354');
        say(name);
      }
    });
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  atEnd(t, () => server.close());
  return { port: server.address().port, connections: () => connections, taken };
}

const FAULTS = [
  ['a line cut at the greeting', { greeting: null }, 'retry'],
  ['a server that is busy', { greeting: '421 4.3.2 busy' }, 'retry'],
  ['a line cut before DATA', { RCPT: null }, 'retry'],
  ['a line cut instead of 354', { DATA: null }, 'retry'],
  ['a line cut after the content', { content: null }, 'unknown'],
  ['a server that falls silent after the content', { content: '' }, 'unknown'],
  ['a server that falls silent before DATA', { MAIL: '' }, 'retry'],
  ['content refused for now', { content: '451 4.3.0 later' }, 'retry'],
  ['content refused for good', { content: '554 5.7.1 spam' }, 'failed'],
  ['a refused login', { AUTH: '535 5.7.8 no' }, 'retry', { user: 'clinic', pass: 'stale' }],
];
for (const [name, script, status, settings] of FAULTS) {
  test(`${name} is ${status}, and the mail goes out once at most`, async (t) => {
    const server = await scripted(t, script);
    const { adapter } = adapterFor(t,
      { port: server.port, send_timeout_ms: 500, ...settings });
    const outcome = await adapter.send(effect(MAIL));
    assert.equal(outcome.status, status);
    assert.equal(Boolean(outcome.provider_id), status === 'unknown');
    assert.ok(server.taken.length <= 1);
    assert.ok(!outcome.error.includes('@'));
  });
}

test('a connection that the server closed while idle costs nothing', async (t) => {
  const server = await scripted(t, {});
  const { adapter } = adapterFor(t, { port: server.port, max_messages: 1 });
  for (let count = 1; count <= 3; count += 1) {
    assert.equal((await adapter.send(effect(MAIL))).status, 'sent');
    assert.equal(server.taken.length, count);
  }
});

/** A report of Postfix, taken from its folder. */
async function realBounce(t) {
  const { adapter } = adapterFor(t);
  const outcome = await adapter.send(effect({ ...MAIL, to: 'moved@patients.test' }));
  const raw = await until('the bounce', () => postfix.mails('bounces').find((bytes) =>
    bytes.includes(`X-Original-To: bounces+${outcome.provider_id}@`) &&
    bytes.includes('Action: failed')));
  return { raw: raw.toString('latin1'), key: outcome.provider_id };
}

test('a forged report, an answer and any other mail tell nothing', async (t) => {
  const { raw, key } = await realBounce(t);
  assert.equal(readBounce(raw, SERVICES).length, 1);
  const other = key.replace(/^(e1\.)\d+/, '$199999');
  assert.deepEqual(readBounce(raw.replaceAll(key, other), SERVICES), []);
  assert.deepEqual(readBounce(raw, { secret: 'another secret' }), []);
  assert.deepEqual(readBounce(raw.replace('multipart/report', 'multipart/mixed'), SERVICES), []);
  const vacation = `To: bounces+${key}@clinic.test\nSubject: away\n\nAction: failed\n`;
  assert.deepEqual(readBounce(vacation, SERVICES), []);
  for (let end = 0; end < raw.length; end += 97) readBounce(raw.slice(0, end), SERVICES);
});

test('the action decides, whatever the digits of the status say', async (t) => {
  const { raw } = await realBounce(t);
  const told = (action, status) => readBounce(raw.replace('Action: failed', `Action: ${action}`)
    .replace('Status: 5.1.1', `Status: ${status}`), SERVICES).map((event) => event.status);
  assert.deepEqual(told('failed', '4.7.1'), ['failed']);
  assert.deepEqual(told('delayed', '5.0.0'), ['sent']);
  assert.deepEqual(told('Delivered', '2.0.0'), ['delivered']);
  assert.deepEqual(told('relayed', '2.0.0'), ['sent']);
  assert.deepEqual(told('exploded', '2.0.0'), []);
});

test('a report is read as well with CRLF, folded headers, or posted whole', async (t) => {
  const { raw, key } = await realBounce(t);
  const crlf = raw.replaceAll('\n', '\r\n')
    .replace('Content-Type: multipart/report;', 'Content-Type:\r\n\tmultipart/report;');
  const { adapter } = adapterFor(t);
  const { events, reply } = await adapter.receive({ rawBody: Buffer.from(crlf) });
  assert.deepEqual(events.map(({ provider_id }) => provider_id), [key]);
  assert.equal(reply.status, 204);
});

test('a report that could not be stored is read again', async (t) => {
  const { raw, key } = await realBounce(t);
  const bounce_folder = join(scratch(t), 'bounces');
  mkdirSync(join(bounce_folder, 'new'), { recursive: true });
  writeFileSync(join(bounce_folder, 'new', '1.mail'), raw);
  writeFileSync(join(bounce_folder, 'new', '2.other'), 'Subject: advertisement\n\nBuy!\n');
  cpSync(join(bounce_folder, 'new', '1.mail'), join(bounce_folder, 'new', '3.copy'));
  const told = [];
  adapterFor(t, { bounce_folder }, async (event) => {
    told.push(event.provider_id);
    if (told.length === 1) throw Object.assign(new Error('full'), { code: 'storage.full' });
  });
  await until('the folder is read', () => readdirSync(join(bounce_folder, 'new')).length === 0);
  assert.deepEqual(told, [key, key, key]);
  assert.deepEqual(readdirSync(join(bounce_folder, 'cur')),
    ['1.mail:2,S', '2.other:2,S', '3.copy:2,S']);
});

test('a sender that is no address is refused at the start', () => {
  for (const from of ['Clinic', 'Clinic <a@b@c>', 'a b@c']) {
    assert.throws(() => smtp({ ...configured(config_schema, { host: 'x', from: 'a@b' }), from },
      { log: quiet, ...SERVICES }), /mail\.from/);
  }
});
