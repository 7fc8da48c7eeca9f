/**
 * Sets properties of an element's style through the object model, which the page's policy
 * allows; a style attribute, as other directives write it at first, would be refused.
 */
import { noChange } from 'lit';
import { Directive, directive } from 'lit/directive.js';

class Styled extends Directive {
  render(_properties) {
    return noChange;
  }

  /** @param {any} part @param {[Record<string, string>]} properties */
  update(part, [properties]) {
    for (const [name, value] of Object.entries(properties)) {
      part.element.style.setProperty(name, value);
    }
    return noChange;
  }
}

/** `<div ${styled({ height: '50%' })}>` */
export const styled = directive(Styled);
