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

/** What is added above must not push away what is being read. @param {() => void} add */
export function keep_in_place(add) {
  const first = document.querySelector('.thread .message');
  const top = first?.getBoundingClientRect().top ?? 0;
  add();
  scrollBy({ top: (first?.getBoundingClientRect().top ?? top) - top, behavior: 'instant' });
}
