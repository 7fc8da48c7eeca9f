/** Registers the worker that keeps the cabinet's shell and shows pushes. */
const address = '/cabinet/service_worker.js';

/** The page forbids scripts from text; this one address is what its policy lets through. */
function trusted_address() {
  const { trustedTypes } = /** @type {any} */ (window);
  if (!trustedTypes) return address;
  return trustedTypes.createPolicy('clinicdesk-worker', {
    createScriptURL: (url) => {
      if (url !== address) throw new TypeError(`not the worker: ${url}`);
      return url;
    },
  }).createScriptURL(address);
}

/** @type {Promise<ServiceWorkerRegistration | null> | null} */
let registering = null;

/** @returns {Promise<ServiceWorkerRegistration | null>} null where there is none */
export function worker() {
  registering ??= register().catch((error) => {
    console.info('cabinet: no service worker', error);
    return null;
  });
  return registering;
}

async function register() {
  if (!navigator.serviceWorker) return null;
  return navigator.serviceWorker.register(trusted_address(), { updateViaCache: 'none' });
}

/** A tap on a notice leads an open window to its question. */
export function follow_notices() {
  navigator.serviceWorker?.addEventListener('message', ({ data }) => {
    if (data?.go?.startsWith('/cabinet/#/')) location.hash = data.go.slice('/cabinet/'.length);
  });
}
