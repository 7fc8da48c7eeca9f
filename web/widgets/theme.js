/**
 * The widget's colours: those of our own pages, each of which a site may replace by
 * --clinicdesk-<name>. They follow the color-scheme of the page around, so that a page that is
 * light only keeps light widgets on a dark phone.
 */
const names = ['ink', 'ink-quiet', 'surface', 'surface-sunken', 'line', 'line-strong', 'accent',
  'accent-fill', 'on-accent', 'good', 'good-soft', 'good-line', 'warn', 'warn-soft', 'warn-line',
  'bad', 'bad-soft', 'bad-line', 'star', 'star-off'];

/** @param {(pair:string[]) => string} colour */
const list = (colour) => names.map((name) => {
  const ours = colour(PALETTE[name]);
  // The accent of a site is also the colour of its buttons.
  const value = name === 'accent-fill' ? `var(--clinicdesk-accent,${ours})` : ours;
  return `--_${name}:var(--clinicdesk-${name},${value});`;
}).join('');

export const theme_css = `:host{${list(([light]) => light)}}
@supports (color:light-dark(red,red)){:host{${list((pair) => `light-dark(${pair})`)}}}`;
