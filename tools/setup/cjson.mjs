// cJSON, with the distribution's security patches: the source package is fetched by apt from
// the archives this machine already trusts (their signatures are checked), and patched here.
import {
  copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure, onPath, root, run, say, seconds } from "./run.mjs";

const target = join(root, "build", "deps", "cjson");

export function cjsonSources() {
  if (existsSync(join(target, "cJSON.c"))) return;
  if (!onPath("apt-get")) {
    throw new Failure("cJSON is missing: put cJSON.c and cJSON.h, 1.7.15 with its security fixes "
      + "or newer, into build/deps/cjson");
  }
  const began = performance.now();
  say("fetching the sources of cJSON");
  const work = mkdtempSync(join(tmpdir(), "clinicdesk-cjson-"));
  try {
    const files = fetch(work);
    const source = unpack(work, files);
    mkdirSync(target, { recursive: true });
    copyFileSync(join(source, "cJSON.h"), join(target, "cJSON.h"));
    copyFileSync(join(source, "cJSON.c"), join(target, "cJSON.c"));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  say(`cJSON fetched in ${seconds(began)}`);
}

/** Downloads the source package with a list of sources and a cache of its own.
 * @param {string} work */
function fetch(work) {
  const list = join(work, "sources.list");
  writeFileSync(list, sourceLines().join("\n") + "\n");
  mkdirSync(join(work, "lists", "partial"), { recursive: true });
  const options = [
    "-o", `Dir::Etc::SourceList=${list}`, "-o", "Dir::Etc::SourceParts=/dev/null",
    "-o", `Dir::State::Lists=${join(work, "lists")}`, "-o", "APT::Sandbox::User=",
    "-o", `Dir::Cache::pkgcache=`, "-o", `Dir::Cache::srcpkgcache=`,
  ];
  run("apt-get", [...options, "update"], { cwd: work });
  run("apt-get", [...options, "source", "--download-only", "cjson"], { cwd: work });
  const names = readdirSync(work);
  const original = names.find((name) => /\.orig\.tar\.\w+$/.test(name));
  const patches = names.find((name) => /\.debian\.tar\.\w+$/.test(name));
  if (!original || !patches) throw new Failure("the source package of cJSON is incomplete");
  return { original: join(work, original), patches: join(work, patches) };
}

/** @param {string} work @param {{original: string, patches: string}} files */
function unpack(work, { original, patches }) {
  const source = join(work, "source");
  mkdirSync(source);
  run("tar", ["-xf", original, "-C", source, "--strip-components=1"]);
  run("tar", ["-xf", patches, "-C", source]);
  const folder = join(source, "debian", "patches");
  for (const line of readFileSync(join(folder, "series"), "utf8").split("\n")) {
    const name = line.trim();
    if (name === "" || name.startsWith("#")) continue;
    run("patch", ["-p1", "--batch", "-i", join(folder, name)], { cwd: source });
  }
  return source;
}

/** This machine's own archives of the distribution, asked for sources instead of packages. */
function sourceLines() {
  const codename = /^VERSION_CODENAME=(\S+)/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1];
  const lines = configured().filter((line) => new RegExp(`\\s${codename}(-\\S+)?\\s`).test(line));
  if (!codename || lines.length === 0) {
    throw new Failure("no archive of this distribution is configured for apt");
  }
  return lines;
}

function configured() {
  const parts = "/etc/apt/sources.list.d";
  const paths = existsSync(parts) ? readdirSync(parts).sort().map((name) => join(parts, name)) : [];
  return ["/etc/apt/sources.list", ...paths].filter((path) => existsSync(path)).flatMap((path) => {
    const text = readFileSync(path, "utf8");
    if (path.endsWith(".sources")) return text.split(/\n\s*\n/).flatMap(stanzaLines);
    return text.split("\n").filter((line) => /^deb\s/.test(line))
      .map((line) => line.replace(/^deb\s/, "deb-src "));
  });
}

/** One deb822 stanza as one-line entries. @param {string} stanza */
function stanzaLines(stanza) {
  const words = (/** @type {string} */ key) =>
    new RegExp(`^${key}:[ \\t]*(.*)$`, "mi").exec(stanza)?.[1].trim().split(/\s+/) ?? [];
  if (!words("Types").includes("deb") || words("Enabled")[0] === "no") return [];
  const key = words("Signed-By")[0]?.startsWith("/") ? `[signed-by=${words("Signed-By")[0]}] ` : "";
  return words("URIs").flatMap((uri) => words("Suites").map((suite) =>
    `deb-src ${key}${uri} ${suite} ${words("Components").join(" ")}`));
}
