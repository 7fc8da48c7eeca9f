// The rules. Each looks at the whole tree (path → bytes) and reports breaches; none reads a disk,
// so that a test can plant one. Limits are those of the project's style.
import { functionsOfC, functionsOfJs, withoutComments, withoutStrings } from "./reading.mjs";

/** @typedef {{path: string, line: number, message: string}} Breach */
/** @typedef {Map<string, Buffer>} Tree */
/** @typedef {{path: string, text: string, lines: string[]}} Source */

const columns_max = 100;
const function_lines_max = 70;
const file_lines_max = 500;
const readme_lines_max = 40;
const budgets = [
  { path: /^core\/desk\.h$/, lines: 150 },
  { path: /^hosts\/js\/desk\.js$/, lines: 150 },
  { path: /^hosts\/node\/adapters\/[^/]+\.js$/, lines: 120 },
];
const code = /\.(c|h|js|mjs|sql|css|cmake)$|(^|\/)CMakeLists\.txt$/;
const sentences = /^core\/texts\/ru\.json$|^web\/.*words\w*\.js$/;
const javascript = /\.m?js$/;
const core_c = /^core\/.*\.[ch]$/;
const top_folders = ["core", "hosts", "web", "wasi", "tests", "tools"];
// Written by a program or by other people; only their machine paths are our concern.
const generated = /(^|\/)(package-lock\.json|REFERENCE\.md|desk\.d\.ts)$|\.golden$/;

/** @param {Tree} tree @returns {Breach[]} */
export function breaches(tree) {
  /** @type {Source[]} */
  const sources = [];
  for (const [path, bytes] of tree) {
    if (bytes.subarray(0, 8000).includes(0)) continue;
    const text = bytes.toString("utf8");
    sources.push({ path, text, lines: text.replace(/\n$/, "").split("\n") });
  }
  const written = sources.filter(({ path }) => !generated.test(path));
  const found = [
    ...written.filter(({ path }) => code.test(path))
      .flatMap((source) => [...columns(source), ...fileLength(source)]),
    ...written.flatMap(functionLength),
    ...written.filter(({ path }) => core_c.test(path))
      .flatMap((source) => [...bannedCalls(source), ...bannedSql(source), ...deadStatics(source)]),
    ...written.flatMap((source) => [...leftovers(source), ...budget(source)]),
    ...written.filter(({ path }) => sentences.test(path)).flatMap(spelling),
    ...sources.flatMap((source) => [...machinePaths(source), ...registries(source)]),
    ...sources.filter(({ path }) => /^core\/sql\/.*\.sql$/.test(path)).flatMap(columnComments),
    ...readmes(sources),
    ...binaries(tree),
  ];
  return found.sort((a, b) => a.path.localeCompare(b.path) || a.line - b.line);
}

/** A breach for each line that the test finds something in.
 * @param {Source} source @param {(line: string) => string|null} test */
function perLine({ path, lines }, test) {
  return lines.flatMap((text, index) => {
    const message = test(text);
    return message === null ? [] : [{ path, line: index + 1, message }];
  });
}

// The path of a drawing cannot be broken without making it longer.
const drawing = /\bd="[^"]{40,}"/;

/** @param {Source} source */
const columns = (source) => perLine(source, (text) => {
  const width = [...text].length;
  if (drawing.test(text)) return null;
  return width > columns_max ? `${width} columns; ${columns_max} are allowed` : null;
});

/** @param {Source} source @returns {Breach[]} */
const fileLength = ({ path, lines }) => lines.length <= file_lines_max ? []
  : [{ path, line: 1, message: `${lines.length} lines; ${file_lines_max} are allowed` }];

/** @param {Source} source @returns {Breach[]} */
function functionLength({ path, text, lines }) {
  const functions = /\.[ch]$/.test(path) ? functionsOfC(lines)
    : javascript.test(path) ? functionsOfJs(path, text) : [];
  return functions.filter(({ length }) => length > function_lines_max)
    .map(({ name, line, length }) => ({
      path, line, message: `${name} has ${length} lines; ${function_lines_max} are allowed`,
    }));
}

const clocks = "time|gettimeofday|clock(_gettime)?|(local|gm)time(_r)?|mktime|(nano|u)?sleep";
const chances = "rand|srand|random|srandom|getrandom|arc4random|sqlite3_randomness";
const world = "getenv|setlocale|system|fork|exec[lv]p?e?|exit|socket|connect|bind|listen|send|recv";
const files = "f?printf|puts|putchar|perror|fopen|freopen|fread|fwrite|open|read|write|scanf|gets";
const unsafe = "strcpy|strcat|v?sprintf|strtok|alloca";
const every = [clocks, chances, world, files, unsafe].join("|");
const banned = new RegExp(`(?<![\\w.>])(${every})\\s*\\(`);
const memory = /(?<![\w.>])(malloc|calloc|realloc|strdup)\s*\(/;
// What outlives a call: the arena's blocks, the handle, its prepared statements, its sentences.
const allocates = /^core\/(arena|db|desk|texts)\.c$/;

/** @param {Source} source @returns {Breach[]} */
function bannedCalls({ path, text }) {
  const lines = withoutStrings(withoutComments(text)).split("\n");
  return perLine({ path, text, lines }, (line) => {
    const call = banned.exec(line)?.[1];
    if (call) return `the core must not call ${call}()`;
    const taken = allocates.test(path) ? null : memory.exec(line)?.[1];
    return taken ? `${taken}() outside the arena: what a call needs, the arena gives` : null;
  });
}

// SQLite brings a clock and chance of its own; what it prints with has another name too, so that a
// search for the C function finds nothing in the core.
const in_sql = new RegExp("\\b(?:(printf|random(?:blob)?|datetime|julianday|unixepoch|strftime"
  + "|timediff)\\s*\\(|(current_(?:date|time|timestamp))\\b)", "i");

/** @param {Source} source @returns {Breach[]} */
function bannedSql({ path, text }) {
  const bare = withoutComments(text);
  const outside = withoutStrings(bare).split("\n");
  return bare.split("\n").flatMap((line, index) => {
    const found = in_sql.exec(line);
    if (!found || in_sql.test(outside[index])) return [];
    const message = `SQL of the core must not use ${found[1] ?? found[2]}`;
    return [{ path, line: index + 1, message }];
  });
}

/** @param {Source} source @returns {Breach[]} */
function deadStatics(source) {
  if (!source.path.endsWith(".c")) return [];
  const bare = withoutComments(source.text);
  return perLine(source, (line) => {
    const name = /^static (?!const|struct \w+ \w+ ?[=[])[\w\s*]*?\b(\w+)\(/.exec(line)?.[1];
    if (!name) return null;
    const uses = bare.match(new RegExp(`\\b${name}\\b`, "g"))?.length ?? 0;
    return uses > 1 ? null : `nobody calls ${name}()`;
  });
}

// Spelled in halves, so that this file does not report itself.
const words = ["FIX" + "ME", "TO" + "DO", "XX" + "X", "HA" + "CK"].join("|");
const leftover = new RegExp(`\\b(${words})\\b`);

/** @param {Source} source */
const leftovers = (source) => perLine(source, (text) => {
  const word = leftover.exec(text)?.[1];
  return word ? `${word} is left over: do it, or open an issue` : null;
});

/** @param {Source} source @returns {Breach[]} */
const budget = ({ path, lines }) => budgets
  .filter((limit) => limit.path.test(path) && lines.length > limit.lines)
  .map((limit) => ({
    path, line: 1, message: `${lines.length} lines; this file has a budget of ${limit.lines}`,
  }));

// Russian allows both letters; a product that mixes them looks careless.
/** @param {Source} source */
const spelling = (source) => perLine(source, (text) =>
  /[ёЁ]/.test(text) ? "«ё»: the other sentences write «е»" : null);

const machine_path = new RegExp("(?<![\\w.\\-/}:])/(work|root|home/\\w+|tmp)/");

/** @param {Source} source */
const machinePaths = (source) => perLine(source, (text) => {
  const path = machine_path.exec(text)?.[0];
  return path ? `${path}… is a place on one machine` : null;
});

const hosts = ["registry\\.", "deb\\.deb", "ftp\\.deb"].join("|");
const registry = new RegExp(`\\b(${hosts})\\w+\\.\\w+`);

/** @param {Source} source */
const registries = (source) => perLine(source, (text) => {
  const host = registry.exec(text)?.[0];
  return host ? `${host}: which registry is used is the machine's own setting` : null;
});

const column_definition = /^\s+(\w+)\s+(integer|text|real|blob|any)\b/i;

/** Columns stand one on a line; the comment is on the same line or alone on the line above.
 * @param {Source} source @returns {Breach[]} */
function columnComments({ path, lines }) {
  let inside = false;
  return lines.flatMap((line, index) => {
    if (/^\s*create\s+table\b/i.test(line)) inside = true;
    const name = inside ? column_definition.exec(line)?.[1] : undefined;
    if (/^\s*\)/.test(line)) inside = false;
    if (!name || line.includes("--") || /^\s*--/.test(lines[index - 1] ?? "")) return [];
    return [{ path, line: index + 1, message: `the column ${name} has no comment` }];
  });
}

/** @param {Source[]} sources @returns {Breach[]} */
function readmes(sources) {
  return top_folders.filter((folder) => sources.some(({ path }) => path.startsWith(`${folder}/`)))
    .flatMap((folder) => {
      const path = `${folder}/README.md`;
      const readme = sources.find((source) => source.path === path);
      if (!readme) return [{ path, line: 1, message: "every top folder says what belongs there" }];
      return readme.lines.length <= readme_lines_max ? []
        : [{ path, line: 1, message: `more than ${readme_lines_max} lines: say less` }];
    });
}

const picture = /\.(png|jpg|ico|woff2)$/;

/** @param {Tree} tree @returns {Breach[]} */
function binaries(tree) {
  return [...tree].filter(([path, bytes]) =>
    bytes.subarray(0, 8000).includes(0) && !picture.test(path))
    .map(([path]) => ({ path, line: 1, message: "a compiled file: the build makes those" }));
}
