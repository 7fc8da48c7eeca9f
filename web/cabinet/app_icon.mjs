/**
 * The cabinet's icon on a home screen, drawn once as shapes: an SVG for those who take it, PNG
 * for the rest. Drawn at build time, so that no picture is kept among the sources.
 */
import { crc32, deflateSync } from 'node:zlib';

const ground = [0x0b, 0x65, 0x72];
const ink = [0xff, 0xff, 0xff];
const SAMPLES = 4;

/** A speech bubble and the cross in it, on a grid of 24, in the order in which they are laid. */
const bubble = [[4.5, 5.5], [19.5, 5.5], [19.5, 16.5], [11.5, 16.5], [7.5, 20], [7.5, 16.5],
  [4.5, 16.5]];
const cross = [[11, 7.5], [13, 7.5], [13, 10], [15.5, 10], [15.5, 12], [13, 12], [13, 14.5],
  [11, 14.5], [11, 12], [8.5, 12], [8.5, 10], [11, 10]];

const path_of = (points) => `M${points.map((point) => point.join(' ')).join('L')}z`;
const colour = (rgb) => `#${rgb.map((part) => part.toString(16).padStart(2, '0')).join('')}`;

export function icon_svg() {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24"`
    + ` rx="5" fill="${colour(ground)}"/><path fill="#fff" d="${path_of(bubble)}"/>`
    + `<path fill="${colour(ground)}" d="${path_of(cross)}"/></svg>\n`;
}

/** @param {number[][]} points @param {number} x @param {number} y */
function inside(points, x, y) {
  let odd = false;
  for (let at = 0, before = points.length - 1; at < points.length; before = at, at += 1) {
    const [[x1, y1], [x2, y2]] = [points[at], points[before]];
    if ((y1 > y) !== (y2 > y) && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) odd = !odd;
  }
  return odd;
}

/** @param {number} x @param {number} y @param {number} radius */
function in_square(x, y, radius) {
  const dx = Math.max(radius - x, x - (24 - radius), 0);
  const dy = Math.max(radius - y, y - (24 - radius), 0);
  return dx * dx + dy * dy <= radius * radius;
}

/** The colour at a point, with its share of cover. @param {number} x @param {number} y
 * @param {{radius: number, scale: number, flat: boolean}} how */
function at_point(x, y, { radius, scale, flat }) {
  const [px, py] = [12 + (x - 12) / scale, 12 + (y - 12) / scale];
  const mark = inside(bubble, px, py) && !inside(cross, px, py);
  if (flat) return [...ink, mark ? 1 : 0];
  return [...(mark ? ink : ground), in_square(x, y, radius) ? 1 : 0];
}

function pixel(column, row, size, how) {
  const sum = [0, 0, 0, 0];
  for (let sample = 0; sample < SAMPLES * SAMPLES; sample += 1) {
    const x = ((column + ((sample % SAMPLES) + 0.5) / SAMPLES) * 24) / size;
    const y = ((row + (Math.floor(sample / SAMPLES) + 0.5) / SAMPLES) * 24) / size;
    const [red, green, blue, cover] = at_point(x, y, how);
    sum[0] += red * cover;
    sum[1] += green * cover;
    sum[2] += blue * cover;
    sum[3] += cover;
  }
  const cover = sum[3] || 1;
  return [sum[0] / cover, sum[1] / cover, sum[2] / cover, (255 * sum[3]) / (SAMPLES * SAMPLES)];
}

/** @param {string} type @param {Uint8Array} data */
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(8);
  out.writeUInt32BE(data.length, 0);
  out.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([out.subarray(0, 4), body, out.subarray(4)]);
}

/**
 * @param {number} size
 * @param {{radius?: number, scale?: number, flat?: boolean}} [how] flat: the mark alone, as a
 *   status bar wants it; scale: smaller where the system cuts the edges off
 */
export function icon_png(size, { radius = 5, scale = 1, flat = false } = {}) {
  const rows = Buffer.alloc(size * (1 + size * 4));
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      rows.set(pixel(column, row, size, { radius, scale, flat }).map(Math.round),
        row * (1 + size * 4) + 1 + column * 4);
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 6], 8);
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0))]);
}
