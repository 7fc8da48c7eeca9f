// Reading C and JavaScript just well enough to measure them.
import typescript from "typescript";

/** @typedef {{name: string, line: number, length: number}} Measured */

/** Blanks comments and keeps the lines. @param {string} text */
export const withoutComments = (text) =>
  text.replace(/("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g,
    (all, string) => string ?? all.replace(/[^\n]/g, " "));

/** @param {string} text */
export const withoutStrings = (text) => text.replace(/"(?:\\.|[^"\\\n])*"/g, '""');

/** A C function starts with a name at the left margin and ends with a brace there.
 * @param {string[]} lines @returns {Measured[]} */
export function functionsOfC(lines) {
  /** @type {Measured[]} */
  const found = [];
  let begun = -1;
  let name = "";
  for (const [index, line] of lines.entries()) {
    if (/^[a-z]/i.test(line) && !/^(typedef|enum|struct \w+ \{|extern)/.test(line)) {
      begun = index;
      name = /(\w+)\s*\(/.exec(line)?.[1] ?? "a definition";
    }
    if (/^\}/.test(line) && begun >= 0) {
      const isFunction = lines.slice(begun, index).join(" ").includes(") {");
      if (isFunction) found.push({ name, line: begun + 1, length: index - begun + 1 });
      begun = -1;
    }
  }
  return found;
}

/** A suite of tests is a list of functions, not one.
 * @param {typescript.Node} node */
const isSuite = (node) => typescript.isCallExpression(node.parent)
  && /^(describe|suite)\b/.test(node.parent.expression.getText());

/** @param {string} path @param {string} text @returns {Measured[]} */
export function functionsOfJs(path, text) {
  const file = typescript.createSourceFile(path, text, typescript.ScriptTarget.Latest, true,
    typescript.ScriptKind.JS);
  /** @type {Measured[]} */
  const found = [];
  const lineOf = (/** @type {number} */ at) => file.getLineAndCharacterOfPosition(at).line + 1;
  const visit = (/** @type {typescript.Node} */ node) => {
    if (typescript.isFunctionLike(node) && !isSuite(node)) {
      const line = lineOf(node.getStart(file));
      const name = /** @type {any} */ (node).name ?? /** @type {any} */ (node.parent).name;
      found.push({
        name: name?.getText(file) ?? "a function", line, length: lineOf(node.end) - line + 1,
      });
    }
    typescript.forEachChild(node, visit);
  };
  visit(file);
  return found;
}
