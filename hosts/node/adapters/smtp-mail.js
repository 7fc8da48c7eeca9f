/* One effect as one mail. The return path and the Message-ID carry the key of the effect, so
 * that a bounce finds it (bounces.js) and the same mail sent twice is one mail to its reader. */

const CONTROL = /[\r\n\0]/;
const ADDRESS = /^[^\s<>()@,;:"\\]+@[^\s<>()@,;:"\\]+$/;

/** Why this effect cannot be a mail, or null. A line break in a header would start another. */
export function mailRefused({ to, name, subject, unsubscribe_url }) {
  if ([to, name, subject, unsubscribe_url].some((shown) => CONTROL.test(shown ?? ''))) {
    return 'smtp.line_break_refused';
  }
  return ADDRESS.test(to) ? null : 'smtp.address_refused';
}

/** @param {string} from "Name <address>" or the address alone */
export function parseSender(from) {
  const [, name = '', address = from] = /^\s*(.*?)\s*<([^>]+)>\s*$/.exec(from) ?? [];
  if (CONTROL.test(from) || !ADDRESS.test(address)) throw new Error('mail.from: not an address');
  return { name: name.replace(/^"(.*)"$/, '$1'), address };
}

/* The same text for readers that show HTML: its paragraphs, and its addresses as links. */
function htmlOf({ text, locale }) {
  const escaped = text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const linked = escaped.replace(/\bhttps?:\/\/\S+?(?=[.,;:!?)]*(\s|$))/g,
    (address) => `<a href="${address}">${address}</a>`);
  const paragraphs = linked.trim().split(/\n\s*\n/)
    .map((paragraph) => `<p>${paragraph.replaceAll('\n', '<br>\n')}</p>`);
  return `<!doctype html>\n<html lang="${locale ?? 'en'}"><head><meta charset="utf-8"></head>\n` +
    `<body style="font:16px/1.5 system-ui,sans-serif">\n${paragraphs.join('\n')}\n</body></html>`;
}

export function composeMail(effect, { key, sender, bounce_domain, config }) {
  const mail = {
    from: sender,
    to: { name: effect.name ?? '', address: effect.to },
    envelope: { from: `${config.bounce_user}+${key}@${bounce_domain}`, to: [effect.to] },
    messageId: `<${key}@${bounce_domain}>`,
    subject: effect.subject,
    text: effect.text,
    html: effect.html ?? htmlOf(effect),
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
  if (config.delivery_reports) {
    mail.dsn = { id: key, return: 'headers', notify: ['success', 'failure', 'delay'],
      recipient: effect.to };
  }
  // Only a notice that can be declined says how; a sign-in code cannot.
  if (effect.unsubscribe_url) {
    mail.list = { unsubscribe: { url: effect.unsubscribe_url } };
    mail.headers['List-Unsubscribe-Post'] = 'List-Unsubscribe=One-Click';
  }
  return mail;
}
