/**
 * Web push on this device. Permission is asked for only by a tap; the keys go to the core, which
 * says when something is pushed. Without a push service or a key there is a reason to show.
 */
import { request } from '../shared/api.js';
import { model } from './model.js';
import { worker } from './pwa.js';

async function public_key() {
  return (await request('/push.json')).out.public_key ?? null;
}

/** @returns {Promise<{state: string, endpoint: string}>} on, off, denied, unsupported, keyless */
export async function push_state() {
  if (!('PushManager' in window) || !('Notification' in window)) {
    return { state: 'unsupported', endpoint: '' };
  }
  const registration = await worker();
  if (!registration) return { state: 'unsupported', endpoint: '' };
  const subscription = await registration.pushManager.getSubscription();
  if (subscription) return { state: 'on', endpoint: subscription.endpoint };
  if (Notification.permission === 'denied') return { state: 'denied', endpoint: '' };
  const key = await public_key().catch(() => null);
  return { state: key ? 'off' : 'keyless', endpoint: '' };
}

/** @param {string} label how the owner knows the device */
export async function push_subscribe(label) {
  if (await Notification.requestPermission() !== 'granted') return;
  const registration = await worker();
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true,
    applicationServerKey: await public_key() });
  const { endpoint, keys } = subscription.toJSON();
  try {
    await model.call('push.subscribe', { endpoint, p256dh: keys.p256dh, auth: keys.auth, label });
  } catch (error) {
    // What the server does not know must not look switched on here.
    await subscription.unsubscribe();
    throw error;
  }
}

export async function push_unsubscribe() {
  const registration = await worker();
  const subscription = await registration?.pushManager.getSubscription();
  if (!subscription) return;
  await model.call('push.unsubscribe', { endpoint: subscription.endpoint });
  await subscription.unsubscribe();
}
