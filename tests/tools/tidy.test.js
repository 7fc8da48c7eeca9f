// Each rule of tidy is shown one planted breach, which it must find, and the same without it,
// in which it must find nothing: a rule that never fires proves nothing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { breaches } from "../../tools/tidy/rules.mjs";

/** @param {Record<string, string|Buffer>} files */
const tidy = (files) => breaches(new Map(Object.entries({
  "core/README.md": "# core\n", "hosts/README.md": "# hosts\n", "tools/README.md": "# tools\n",
  ...files,
}).map(([path, text]) => [path, Buffer.from(text)])));

const left = (/** @type {string} */ start, /** @type {string} */ end) => start + end;
const long_c = (/** @type {number} */ lines) =>
  `int f(int x) {\n${"    x += 1;\n".repeat(lines - 3)}    return x;\n}\n`;
const long_js = (/** @type {number} */ lines) =>
  `const f = (x) => {\n${"  x += 1;\n".repeat(lines - 2)}};\n`;

const cases = [
  ["a line of 101 columns", "core/a.c", `/*${"x".repeat(97)}*/\n`, `/*${"x".repeat(96)}*/\n`],
  ["that columns are letters, not bytes", "tools/a.mjs", `// ${"ż".repeat(98)}\n`,
    `// ${"ż".repeat(97)}\n`],
  ["a C function of 71 lines", "core/a.c", long_c(71), long_c(70)],
  ["a JavaScript function of 71 lines", "hosts/a.js", long_js(71), long_js(70)],
  ["a file of 501 lines", "core/a.h", "int a;\n".repeat(501), "int a;\n".repeat(500)],
  ["a clock in the core", "core/a.c", "long f(void) {\n    return time(0);\n}\n",
    "long f(long now) {\n    return now; /* not time(0) */\n}\n"],
  ["chance in the core", "core/a.c", "int f(void) {\n    return rand();\n}\n",
    "int f(void) {\n    return strand(\"rand()\");\n}\n"],
  ["printing in the core", "core/a.c", "void f(void) {\n    printf(\"x\");\n}\n",
    "void f(char *b) {\n    snprintf(b, 2, \"x\");\n}\n"],
  ["printing in the core's SQL", "core/a.c", "const char sql[] = \"select printf('%d', 1)\";\n",
    "const char sql[] = \"select format('%d', 1)\"; /* not printf() */\n"],
  ["a clock in the core's SQL", "core/a.c", "const char sql[] = \"select current_timestamp\";\n",
    "const char sql[] = \"select now_ms()\";\n"],
  ["an unbounded copy in the core", "core/a.c", "void f(char *b) {\n    strcpy(b, b);\n}\n",
    "void f(char *b) {\n    memcpy(b, b, 1);\n}\n"],
  ["a socket in the core", "core/a.c", "int f(void) {\n    return socket(1, 2, 3);\n}\n",
    "int f(void) {\n    return 3;\n}\n"],
  ["memory beside the arena", "core/a.c", "void *f(void) {\n    return malloc(1);\n}\n",
    "void *f(struct arena *a) {\n    return arena_alloc(a, 1);\n}\n"],
  ["a static that nobody calls", "core/a.c", "static int f(void) {\n    return 1;\n}\n",
    "static int f(void) {\n    return 1;\n}\nint g(void) {\n    return f();\n}\n"],
  ["a leftover word", "web/README.md", `# web\n${left("TO", "DO")}: colours\n`, "# web\n"],
  ["the letter that no other sentence has", "core/texts/ru.json", '{"a": "Ещё"}\n',
    '{"a": "Еще"}\n'],
  ["a column without a comment", "core/sql/schema.sql",
    "create table a (\n  a_id integer primary key\n) strict;\n",
    "create table a (\n  a_id integer primary key -- id\n) strict;\n"],
  ["a folder without a README", "wasi/a.c", "int a;\n", null],
  ["a README of 41 lines", "tools/README.md", "x\n".repeat(41), "x\n".repeat(40)],
  ["a public header of 151 lines", "core/desk.h", "int a;\n".repeat(151), "int a;\n".repeat(150)],
  ["a binding of 151 lines", "hosts/js/desk.js", "f();\n".repeat(151), "f();\n".repeat(150)],
  ["an adapter of 121 lines", "hosts/node/adapters/x.js", "f();\n".repeat(121),
    "f();\n".repeat(120)],
  ["a compiled file", "hosts/a.wasm", "\0asm\x01\0\0\0", null],
  ["a path of one machine", "tools/a.mjs", `open("${left("/ho", "me/ann/")}x");\n`,
    'open("home/ann/x");\n'],
  ["a registry's host", "package-lock.json", `{"x": "https://${left("regi", "stry")}.a.org"}\n`,
    "{}\n"],
];

for (const [fact, path, planted, clean] of cases) {
  test(`tidy finds ${fact}`, () => {
    const found = tidy({ [String(path)]: String(planted) });
    assert.equal(found.length, 1, JSON.stringify(found));
    assert.equal(found[0].path, path === "wasi/a.c" ? "wasi/README.md" : path);
    if (clean !== null) assert.deepEqual(tidy({ [String(path)]: clean, "web/README.md": "" }), []);
  });
}

test("tidy leaves generated files their length", () => {
  assert.deepEqual(tidy({ "core/REFERENCE.md": "x\n".repeat(3000) }), []);
});
