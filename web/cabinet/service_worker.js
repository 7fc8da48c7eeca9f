/**
 * Keeps the cabinet's shell, so that it opens without a line and says so, and shows what is
 * pushed while nobody looks (rule 61). It never keeps an answer of the server: who may see what
 * is asked anew each time.
 */
const shell_name = `cabinet-${SHELL_VERSION}`;
const page = '/cabinet/';
const scope = /** @type {any} */ (self);

scope.addEventListener('install', (event) => {
  const fresh = (url) => new Request(url, { cache: 'reload', credentials: 'same-origin' });
  event.waitUntil(caches.open(shell_name)
    .then((cache) => cache.addAll(SHELL_URLS.map(fresh)))
    .then(() => scope.skipWaiting()));
});

/** The shell before this one stays, because open windows may still ask for its parts. */
scope.addEventListener('activate', (event) => {
  event.waitUntil(caches.keys().then((names) => {
    const earlier = names.filter((name) => name.startsWith('cabinet-') && name !== shell_name);
    return Promise.all(earlier.slice(0, -1).map((name) => caches.delete(name)));
  }).then(() => scope.clients.claim()));
});

scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  if (request.mode === 'navigate' && url.pathname === page) {
    event.respondWith(fetch(request).catch(() => kept(page)));
  } else if (url.pathname.startsWith('/assets/')) {
    event.respondWith(caches.match(request, { ignoreVary: true })
      .then((found) => found ?? fetch(request)));
  }
});

/** @param {string} url */
async function kept(url) {
  return await (await caches.open(shell_name)).match(url, { ignoreVary: true })
    ?? Response.error();
}

/** @param {any} event */
function pushed({ data }) {
  try {
    return data.json();
  } catch {
    return {};
  }
}

scope.addEventListener('push', (event) => {
  const { title = 'Clinicdesk', body = '', url = page, tag } = pushed(event);
  event.waitUntil(scope.registration.showNotification(title, { body, tag,
    renotify: Boolean(tag), data: { url }, icon: '/cabinet/icon-192.png',
    badge: '/cabinet/badge-96.png' }));
});

/** A window that is open goes there; else one opens. Only our own pages are opened. */
scope.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const wanted = new URL(event.notification.data?.url ?? page, location.origin);
  const own = wanted.origin === location.origin && wanted.pathname === page;
  const url = own ? wanted : new URL(page, location.origin);
  event.waitUntil(open_window(url));
});

/** @param {URL} url */
async function open_window(url) {
  const windows = await scope.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const found = windows.find((one) => new URL(one.url).pathname === page);
  if (!found) return scope.clients.openWindow(url.pathname + url.hash);
  found.postMessage({ go: url.pathname + url.hash });
  return found.focus();
}

/** The browser has changed the address of its pushes: the server learns the new one. */
scope.addEventListener('pushsubscriptionchange', (event) => {
  event.waitUntil(resubscribe(event));
});

async function resubscribe({ oldSubscription, newSubscription }) {
  const subscription = newSubscription ?? (oldSubscription
    && await scope.registration.pushManager.subscribe(oldSubscription.options));
  if (!subscription) return;
  const { endpoint, keys } = subscription.toJSON();
  await fetch('/api/push.subscribe', { method: 'POST', credentials: 'same-origin',
    headers: { 'content-type': 'application/json', 'desk-role': 'staff',
      'idempotency-key': crypto.randomUUID() },
    body: JSON.stringify({ endpoint, p256dh: keys.p256dh, auth: keys.auth }) });
}
