/**
 * A small encrypted store: what has to survive a reload or a night offline (unsent messages,
 * drafts) lies in IndexedDB only as AES-GCM ciphertext. The key is not extractable and dies with
 * forget(). Where the browser has no such store, a map that lives as long as the page stands in.
 */

const DATABASE = 'clinicdesk';
const ENTRIES = 'entries';
const KEYS = 'keys';
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function answer(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** @returns {Promise<IDBDatabase>} */
function open_database() {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(ENTRIES);
    request.result.createObjectStore(KEYS);
  };
  return answer(request);
}

/** Two tabs may start together; the first key that was stored is the key.
 * @param {IDBDatabase} database */
async function vault_key(database) {
  const kept = await answer(database.transaction(KEYS).objectStore(KEYS).get('key'));
  if (kept) return kept;
  const fresh = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false,
    ['encrypt', 'decrypt']);
  const store = database.transaction(KEYS, 'readwrite').objectStore(KEYS);
  const other = await answer(store.get('key'));
  if (other) return other;
  await answer(store.add(fresh, 'key'));
  return fresh;
}

/** @typedef {{put:(name:string, value:any) => Promise<void>, get:(name:string) => Promise<any>,
 *   remove:(name:string) => Promise<void>, list:(prefix:string) => Promise<[string, any][]>,
 *   forget:() => Promise<void>}} Vault */

/** @returns {Promise<Vault>} */
export async function open_vault() {
  try {
    if (!globalThis.crypto?.subtle || !globalThis.indexedDB) return memory_vault();
    const database = await open_database();
    // Another tab may sign out: nothing here may stand in the way of forgetting.
    database.onversionchange = () => database.close();
    return disk_vault(database, await vault_key(database));
  } catch {
    return memory_vault();
  }
}

/** @param {IDBDatabase} database @param {CryptoKey} key @returns {Vault} */
function disk_vault(database, key) {
  /** @param {IDBTransactionMode} mode */
  const store = (mode) => database.transaction(ENTRIES, mode).objectStore(ENTRIES);
  /** The name is bound to the ciphertext, so that entries cannot be swapped. */
  const opened = async (name, sealed) => {
    if (!sealed) return undefined;
    try {
      const bytes = await crypto.subtle.decrypt(
        { name: 'AES-GCM', iv: sealed.iv, additionalData: encoder.encode(name) }, key, sealed.data);
      return JSON.parse(decoder.decode(bytes));
    } catch {
      return undefined;
    }
  };
  return {
    async put(name, value) {
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const data = await crypto.subtle.encrypt(
        { name: 'AES-GCM', iv, additionalData: encoder.encode(name) }, key,
        encoder.encode(JSON.stringify(value)));
      await answer(store('readwrite').put({ iv, data }, name));
    },
    async get(name) {
      return opened(name, await answer(store('readonly').get(name)));
    },
    async remove(name) {
      await answer(store('readwrite').delete(name));
    },
    async list(prefix) {
      const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
      const entries = store('readonly');
      const [names, sealed] = await Promise.all(
        [answer(entries.getAllKeys(range)), answer(entries.getAll(range))]);
      const values = await Promise.all(sealed.map((one, at) => opened(String(names[at]), one)));
      return names.map((name, at) => /** @type {[string, any]} */ ([String(name), values[at]]))
        .filter(([, value]) => value !== undefined);
    },
    async forget() {
      database.close();
      await answer(indexedDB.deleteDatabase(DATABASE));
    },
  };
}

/** @returns {Vault} */
function memory_vault() {
  const entries = new Map();
  return {
    async put(name, value) { entries.set(name, value); },
    async get(name) { return entries.get(name); },
    async remove(name) { entries.delete(name); },
    async list(prefix) {
      return [...entries].filter(([name]) => name.startsWith(prefix)).sort();
    },
    async forget() { entries.clear(); },
  };
}
