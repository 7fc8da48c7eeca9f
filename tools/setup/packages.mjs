// The programs that the build and the tests need, from the distribution's own archive.
// What is there already is recognised by its files, which takes no time and no package manager.
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { Failure, onPath, run, say, seconds } from "./run.mjs";

/** @typedef {{name: string, there: () => boolean}} Package */

/** @param {string} name @param {string} command @returns {Package} */
const command = (name, command) => ({ name, there: () => onPath(command) });
/** @param {string} name @param {string[]} paths @returns {Package} */
const file = (name, ...paths) => ({ name, there: () => paths.some((path) => existsSync(path)) });

const clang = "/usr/lib/llvm-19/lib/clang/19/lib";
const sdk = Boolean(process.env.WASI_SDK_PATH);

/** @type {Package[]} */
const toBuild = [
  command("clang-19", "clang-19"),
  command("emscripten", "emcc"),
  command("cmake", "cmake"),
  command("ninja-build", "ninja"),
  command("xz-utils", "xz"),
  command("patch", "patch"),
  file("tzdata", "/usr/share/zoneinfo/Europe/Warsaw"),
  ...(sdk ? [] : [
    command("lld-19", "wasm-ld-19"),
    file("wasi-libc", "/usr/lib/wasm32-wasi/libc.a"),
    file("libclang-rt-19-dev-wasm32", `${clang}/wasi/libclang_rt.builtins-wasm32.a`),
  ]),
];

/** @type {Package[]} */
const toTest = [
  file("libclang-rt-19-dev", `${clang}/linux/libclang_rt.asan-x86_64.a`,
    `${clang}/linux/libclang_rt.asan-aarch64.a`),
  command("llvm-19", "llvm-cov-19"),
  command("chromium", "chromium"),
  command("firefox-esr", "firefox-esr"),
  command("openssl", "openssl"),
  file("postfix", "/usr/sbin/postfix"),
  file("kannel", "/usr/sbin/bearerbox"),
  file("kannel-extras", "/usr/lib/kannel/test/fakesmsc"),
  file("libnet-smpp-perl", "/usr/share/perl5/Net/SMPP.pm"),
  command("spin", "spin"),
];

/** @param {{tests: boolean}} options */
export function systemPackages({ tests }) {
  const missing = [...toBuild, ...(tests ? toTest : [])]
    .filter((item) => !item.there()).map((item) => item.name);
  if (missing.length === 0) return;
  const line = `apt-get install -y --no-install-recommends ${missing.join(" ")}`;
  if (!onPath("apt-get")) {
    throw new Failure(`these are missing, install them as your system does: ${missing.join(" ")}`);
  }
  if (process.getuid?.() !== 0) {
    throw new Failure(`some packages are missing. As root, run:\n  ${line}`);
  }
  const began = performance.now();
  say(`installing ${missing.join(" ")}`);
  install(missing);
  say(`packages installed in ${seconds(began)}`);
}

/** @param {string[]} names */
function install(names) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const args = ["install", "-y", "--no-install-recommends", ...names];
  if (names.includes("postfix")) localPostfix();
  const quiet = keepServicesDown();
  try {
    if (!listsThere()) run("apt-get", ["update"], { env });
    try {
      run("apt-get", args, { env });
    } catch (error) {
      // Old lists name versions that the archive no longer has; new ones do not.
      if (!(error instanceof Failure)) throw error;
      run("apt-get", ["update"], { env });
      run("apt-get", args, { env });
    }
  } finally {
    quiet();
  }
}

function listsThere() {
  const folder = "/var/lib/apt/lists";
  return existsSync(folder) && readdirSync(folder).some((name) => name.includes("_Packages"));
}

/** The tests run mail servers of their own from a folder; the system's stays within the machine. */
function localPostfix() {
  run("debconf-set-selections", [], {
    input: "postfix postfix/main_mailer_type select Local only\n",
  });
}

/** Debian starts what it installs unless this file says no. Gives back the way to undo it. */
function keepServicesDown() {
  const policy = "/usr/sbin/policy-rc.d";
  if (existsSync(policy)) return () => {};
  writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  return () => rmSync(policy, { force: true });
}
