// Where the core defends itself against what cannot happen: each use of NEVER and CERTAIN, which
// are constants in the core that counts, and how many assertions, which are not compiled into it.
import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { withoutComments } from "../tidy/reading.mjs";

/** @param {string} root @returns {string[]} */
export function defences(root) {
  const core = join(root, "core");
  const files = readdirSync(core, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.[ch]$/.test(name) && name !== "never.h").sort();
  let assertions = 0;
  const marks = files.flatMap((name) => {
    const path = join(core, name);
    const code = withoutComments(readFileSync(path, "utf8"));
    assertions += code.match(/\bassert\(/g)?.length ?? 0;
    return code.split("\n").flatMap((text, i) => /\b(NEVER|CERTAIN)\(/.test(text)
      ? [`  ${relative(root, path)}:${i + 1}: ${text.trim()}`] : []);
  });
  return [`marked as unreachable, ${marks.length}:`, ...marks,
    `assertions, not counted: ${assertions}`];
}
