// The core for JavaScript: loads desk.wasm (pages, Node) or desk_wasi.wasm (Node, with a file)
// and carries JSON text in and out. No rule lives here and no operation is named here.
// Read next: wasi.js beside this file, the only place where the core touches files.

const abi = 1;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A refusal, as the core words it. `category` is for programs, `message` for people. */
export class DeskError extends Error {
  /** @param {{category: string, code: string, message: string, field?: string|null,
   *   rule?: number|null}} refusal @param {ErrorOptions} [options] */
  constructor({ category, code, field = null, message, rule = null }, options) {
    super(message, options);
    this.name = "DeskError";
    this.category = category;
    this.code = code;
    this.field = field;
    this.rule = rule;
  }
}

/** @param {string} message @param {unknown} [cause] */
const bug = (message, cause) =>
  new DeskError({ category: "bug", code: "bug.core", message }, { cause });

export class Desk {
  #core; #handle; #files;
  #broken = /** @type {DeskError|null} */ (null);

  /** @param {BufferSource|WebAssembly.Module|Response|Promise<Response>} wasm
   * @param {{path?: string, root?: string}} [options] a database file (Node and desk_wasi.wasm
   *   only); the core sees nothing outside `root`, which is the file's folder unless it is given
   *   and `path` lies inside it. Without `path` everything stays in memory. */
  static async load(wasm, { path = ":memory:", root } = {}) {
    const module = await compile(wasm);
    if (root === undefined && path !== ":memory:") {
      const cut = path.lastIndexOf("/");
      root = cut < 0 ? "." : path.slice(0, cut) || "/";
      path = path.slice(cut + 1);
    }
    const files = root === undefined ? null : (await import("./wasi.js")).wasiFiles(root);
    const instance = await WebAssembly.instantiate(module, linked(module, files?.imports ?? {}));
    files?.bind(/** @type {WebAssembly.Memory} */ (instance.exports.memory));
    return new Desk(instance.exports, path, files);
  }

  /** @param {any} core @param {string} path @param {{close: () => void}|null} files */
  constructor(core, path, files) {
    this.#core = core;
    this.#files = files;
    this.#handle = this.#guarded(() => {
      core._initialize();
      if (core.desk_abi() !== abi) throw bug(`this binding speaks version ${abi} of the core`);
      return core.desk_open(this.#put(core.malloc, encoder.encode(`${path}\0`)));
    });
    if (!this.#handle) throw bug("out of memory");
  }

  /** One operation: its output, or a DeskError.
   * @param {string} op @param {object} input
   * @param {{now?: number, actor?: object, id?: string}} [envelope] @returns {any} */
  call(op, input, envelope) {
    const reply = this.request({ op, ...envelope, in: input });
    if (reply.error) throw new DeskError(reply.error);
    return reply.ok;
  }

  /** The raw envelope, one request or a batch. @param {object} envelope @returns {any} */
  request(envelope) {
    return JSON.parse(this.requestText(JSON.stringify(envelope)));
  }

  /** @param {string|Uint8Array} text JSON (UTF-8) of a request or a batch @returns {string} */
  requestText(text) {
    const bytes = typeof text === "string" ? encoder.encode(text) : text;
    const core = this.#core;
    return this.#guarded(() => {
      this.#put((size) => core.desk_buffer(this.#handle, size), bytes);
      const reply = core.desk_call(this.#handle, bytes.length);
      return this.#text(reply, core.desk_reply_size(this.#handle));
    });
  }

  /** Every operation, field, machine, effect and error of the core. @returns {any} */
  describe() {
    const at = this.#guarded(() => this.#core.desk_describe());
    return JSON.parse(this.#text(at, new Uint8Array(this.#core.memory.buffer, at).indexOf(0)));
  }

  /** Closes the database. Calling it again, or after a trap, only lets the files go. */
  close() {
    try {
      if (!this.#broken) this.#guarded(() => this.#core.desk_close(this.#handle));
    } finally {
      this.#broken ??= bug("this core was closed");
      this.#files?.close();
    }
  }

  /** @param {(size: number) => number} room @param {Uint8Array} bytes */
  #put(room, bytes) {
    const at = room(bytes.length);
    if (!at) throw bug("out of memory");
    // A fresh view every time: making room may have moved the memory.
    new Uint8Array(this.#core.memory.buffer, at, bytes.length).set(bytes);
    return at;
  }

  /** @param {number} at @param {number} size */
  #text(at, size) {
    return decoder.decode(new Uint8Array(this.#core.memory.buffer, at, size));
  }

  /** A trap leaves the memory as it was in the middle of something: nothing may follow it.
   * @template T @param {() => T} work @returns {T} */
  #guarded(work) {
    if (this.#broken) throw this.#broken;
    try {
      return work();
    } catch (error) {
      throw this.#broken = error instanceof DeskError ? error
        : bug("the core stopped; open the database again", error);
    }
  }
}

/** @param {any} wasm @returns {Promise<WebAssembly.Module>} */
async function compile(wasm) {
  const source = await wasm;
  if (source instanceof WebAssembly.Module) return source;
  return source instanceof Response ? WebAssembly.compileStreaming(source)
    : WebAssembly.compile(source);
}

/** What the core imports: files where there are some. A core in memory needs next to nothing,
 * and whatever else it asks for stops it loudly.
 * @param {WebAssembly.Module} module @param {Record<string, Function>} given */
function linked(module, given) {
  const quiet = /** @type {Record<string, Function>} */ ({
    emscripten_notify_memory_growth: () => {}, clock_time_get: () => 52,
    environ_get: () => 0, environ_sizes_get: () => 0, fd_prestat_get: () => 8,
  });
  const imports = /** @type {Record<string, Record<string, any>>} */ ({});
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    (imports[from] ??= {})[name] = given[name] ?? quiet[name]
      ?? (() => { throw bug(`the core asked for ${name}`); });
  }
  return imports;
}
