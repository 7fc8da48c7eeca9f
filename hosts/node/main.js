// npm start: the command line around host.js.
//   node hosts/node/main.js [--config FILE] [--empty]
// Prints where things are and stays until SIGTERM or SIGINT. Read next: host.js, config.js.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfig, writePrivate } from './config.js';
import { makeDemo } from './demo.js';
import { schemaOf, startHost } from './host.js';

const DEMO_MARK = 'demo.unfinished';
const INVITATION_MS = 3_600_000;

async function main() {
  const { values } = parseArgs({
    options: { config: { type: 'string' }, empty: { type: 'boolean', default: false } },
  });
  const config = await loadConfig({ path: values.config, schemaOf });
  const demo = values.empty ? {} : { onNewFolder: markNewFolder, prepare: finishDemo };
  const host = await startHost({ config, ...demo });
  stopOnSignals(host);
  for (const line of await addresses(host)) console.log(line);
  host.log.info({ rev: host.engine.rev }, 'ready');
}

/** The mark stands until the demo is whole, so that a first start that was killed is completed.
 * The demo's people are invented: it is made only where no message leaves the machine. */
function markNewFolder({ config, now }) {
  const mark = join(config.data, DEMO_MARK);
  if (config.mail.adapter !== 'local' || config.sms.adapter !== 'local') return;
  if (!existsSync(mark)) writePrivate(mark, String(now()));
}

async function finishDemo({ engine, config, base_url: baseUrl }) {
  const journal = join(config.data, DEMO_MARK);
  if (!existsSync(journal)) return;
  await makeDemo(engine, { base_url: baseUrl, journal });
  rmSync(journal);
}

/** Only a server that sends nothing to anybody prints a key to itself. */
async function addresses(host) {
  const link = host.mailbox ? await invitation(host) : null;
  const lines = [`cabinet   ${link ? `${link.url}   (signs in once, until ${link.until})`
    : `${host.base_url}/cabinet/`}`];
  if (host.mailbox) lines.push(`outbox    ${host.base_url}/outbox`);
  lines.push(`platform  ${host.base_url}/platform`);
  return lines;
}

async function invitation({ engine, links }) {
  const as = { actor: { role: 'integration' } };
  const { agents } = await engine.call('agent.list', {}, as);
  const agent = agents.find((each) => each.role === 'representative' && each.active);
  if (!agent) return null;
  const invited = await engine.call('session.invite',
    { agent_id: agent.agent_id, ttl_ms: INVITATION_MS });
  return { url: links.url(invited), until: new Date(invited.expires_at).toISOString() };
}

function stopOnSignals(host) {
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT']) {
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      host.log.info({ signal }, 'stopping');
      host.stop().then(() => process.exit(0), (error) => {
        host.log.fatal({ err: error }, 'the stop failed');
        process.exit(1);
      });
    });
  }
}

/** A fault that nobody caught leaves the process in no known state; the data is safe, so it ends
 * and whoever supervises it starts another one. */
function endOnFault(error) {
  console.error(explain(error));
  process.exit(1);
}

function explain(error) {
  if (error?.code === 'EADDRINUSE') {
    return `clinicdesk: listen.port: port ${error.port} is in use; give another one by the key `
      + 'listen.port or CLINICDESK_LISTEN_PORT';
  }
  const known = ['config', 'folder_in_use', 'EACCES'].includes(error?.code);
  return `clinicdesk: ${known ? error.message : error?.stack ?? error}`;
}

process.on('uncaughtException', endOnFault);
process.on('unhandledRejection', endOnFault);
await main();
