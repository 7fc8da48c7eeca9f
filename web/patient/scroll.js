/** The page itself scrolls, as phones do best. */

/** Is the newest message in sight? */
export function near_end() {
  const { scrollHeight, scrollTop, clientHeight } = document.documentElement;
  return scrollHeight - scrollTop - clientHeight < 200;
}

/** @param {ScrollBehavior} [behavior] */
export function scroll_to_end(behavior = 'smooth') {
  scrollTo({ top: document.documentElement.scrollHeight, behavior });
}
