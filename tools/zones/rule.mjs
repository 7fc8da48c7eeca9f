// The POSIX rule at the end of a time zone's file, e.g. CET-1CEST,M3.5.0,M10.5.0/3. Only used to
// find out from when on a file says nothing else; the core reads the rule itself.

/** @typedef {{month: number, week: number, weekday: number, time: number}
 *   | {yearday: number, leap: boolean, time: number}} Day */
/** @typedef {{standard: number, summer: number, start?: Day, end?: Day}} Rule */

const name = /^(?:<[^>]+>|[A-Za-z]+)/;
const time = /^[+-]?\d+(?::\d+){0,2}/;

/** @param {string} text @returns {Rule} */
export function readRule(text) {
  const [zone, start, end] = text.split(",");
  let rest = zone.replace(name, "");
  const standard = -seconds(time.exec(rest)?.[0] ?? fail(text));
  rest = rest.replace(time, "").replace(name, "");
  const summer = rest === "" ? standard + 3600 : -seconds(rest);
  if (start === undefined) return { standard, summer: standard };
  return { standard, summer, start: readDay(start), end: readDay(end ?? fail(text)) };
}

/** @param {string} text @returns {never} */
function fail(text) {
  throw new Error(`${text} is no rule of a time zone`);
}

/** @param {string} text */
function seconds(text) {
  const [hours, minutes = 0, rest = 0] = text.replace(/^[+-]/, "").split(":").map(Number);
  return (hours * 3600 + minutes * 60 + rest) * (text.startsWith("-") ? -1 : 1);
}

/** @param {string} text @returns {Day} */
function readDay(text) {
  const [day, at = "2"] = text.split("/");
  const time = seconds(at);
  if (!day.startsWith("M")) {
    const leap = !day.startsWith("J");
    return { yearday: Number(day.replace("J", "")) - (leap ? 0 : 1), leap, time };
  }
  const [month, week, weekday] = day.slice(1).split(".").map(Number);
  return { month, week, weekday, time };
}

/** Local seconds since 1970 of the day in that year. @param {Day} day @param {number} year */
function localSeconds(day, year) {
  if ("yearday" in day) {
    const leap_day = new Date(Date.UTC(year, 1, 29)).getUTCDate() === 29;
    const skipped = !day.leap && leap_day && day.yearday > 58 ? 1 : 0;
    return Date.UTC(year, 0, 1 + day.yearday + skipped) / 1000 + day.time;
  }
  const first = new Date(Date.UTC(year, day.month - 1, 1)).getUTCDay();
  const days = new Date(Date.UTC(year, day.month, 0)).getUTCDate();
  let date = 1 + ((day.weekday - first + 7) % 7) + (day.week - 1) * 7;
  if (date > days) date -= 7;
  return Date.UTC(year, day.month - 1, date) / 1000 + day.time;
}

/** Every change of the offset in those years, in order.
 * @param {Rule} rule @param {number} first_year @param {number} last_year */
export function ruleChanges({ standard, summer, start, end }, first_year, last_year) {
  /** @type {{at: number, offset: number}[]} */
  const changes = [];
  for (let year = first_year; start && end && year <= last_year; year++) {
    changes.push({ at: localSeconds(start, year) - standard, offset: summer });
    changes.push({ at: localSeconds(end, year) - summer, offset: standard });
  }
  return changes.sort((a, b) => a.at - b.at);
}

/** @param {Rule} rule @param {number} at */
export function ruleOffset(rule, at) {
  const year = new Date(at * 1000).getUTCFullYear();
  const before = ruleChanges(rule, year - 1, year + 1).filter((change) => change.at <= at);
  return before.at(-1)?.offset ?? rule.standard;
}
