/** The address after # as a screen and an item, and the way back to an address. */

/** @returns {{screen: string, item_id: number | null}} */
export function route() {
  const [screen, id] = location.hash.replace(/^#\/?/, '').split('/');
  const item_id = Number(id);
  return { screen: screen || 'contact_forms', item_id: Number.isSafeInteger(item_id) && item_id > 0
    ? item_id : null };
}

/** @param {string} screen @param {number | null} [item_id] */
export function address(screen, item_id = null) {
  return item_id ? `#/${screen}/${item_id}` : `#/${screen}`;
}

/** @param {string} where @param {{replace?: boolean}} [options] */
export function go(where, { replace = false } = {}) {
  if (location.hash === where) return;
  if (replace) location.replace(where);
  else location.hash = where;
}
