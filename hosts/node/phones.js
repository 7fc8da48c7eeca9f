// A visitor's phone number as people write it, read as a number of the clinic's country. The core
// takes only the international form; what cannot be read goes to it unchanged, to be refused there.
import parsePhoneNumber from 'libphonenumber-js';

const INTERNATIONAL = /^\+[1-9]\d{6,14}$/;

/** @param {unknown} written @param {string|undefined} clinicPhone E.164, tells the country */
export function internationalPhone(written, clinicPhone) {
  if (typeof written !== 'string' || INTERNATIONAL.test(written)) return written;
  if (written.length > 40) return written;
  const country = parsePhoneNumber(clinicPhone ?? '')?.country;
  const number = parsePhoneNumber(written, country);
  return number?.isPossible() && INTERNATIONAL.test(number.number) ? number.number : written;
}
