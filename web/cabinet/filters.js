/**
 * How the list is narrowed and ordered on the screen. These are views of facts that the core
 * gave in each row; nothing here says what may be done.
 */

const fold = (text) => (text ?? '').toLocaleLowerCase().normalize('NFD')
  .replace(/\p{M}/gu, '').replaceAll('ł', 'l');

/** @type {Record<string, (row: any) => boolean>} */
export const filters = {
  all: () => true,
  unanswered: (row) => !row.reply && !row.review_chat,
  open: (row) => row.review_chat?.state === 'open',
  patient: (row) => row.review_chat?.state === 'open'
    && row.review_chat.last_author === 'patient',
  solved: (row) => Boolean(row.review_chat?.solved),
};

const activity = (row) =>
  Math.max(row.published_at, row.replied_at ?? 0, row.review_chat?.last_at ?? 0);

/** @type {Record<string, (row: any) => number>} the greatest first */
export const orders = {
  need: (row) => (filters.patient(row) ? Number.MAX_SAFE_INTEGER - activity(row) : activity(row)),
  activity,
  published: (row) => row.published_at,
};

/** @param {any[]} rows @param {{filter: string, order: string, words: string}} choice */
export function chosen_rows(rows, { filter, order, words }) {
  const wanted = fold(words).split(/\s+/).filter(Boolean);
  const has = (row) => {
    if (!wanted.length) return true;
    const text = fold([row.author_name, row.practitioner_name, row.clinic_name, row.text, row.reply]
      .join(' '));
    return wanted.every((word) => text.includes(word));
  };
  return rows.filter((row) => filters[filter](row) && has(row))
    .sort((a, b) => orders[order](b) - orders[order](a) || b.review_id - a.review_id);
}

/** @param {any[]} rows @returns {Record<string, number>} rows under each filter */
export function counts(rows) {
  return Object.fromEntries(Object.entries(filters)
    .map(([name, holds]) => [name, rows.filter(holds).length]));
}
