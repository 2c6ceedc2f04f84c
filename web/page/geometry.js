// Boxes come in pixels of the upload as it is stored; a picture is shown upright.

/**
 * @typedef {[number, number]} Point
 * @typedef {{text: string, confidence: number, bbox: Point[], words?: {text: string, confidence: number, bbox: Point[]}[]}} Line
 * @typedef {{page: number, text: string, lines: Line[], width: number, height: number, rotation: number, success: boolean, pixel_aspect?: number,
 *   source?: string, error?: {code: string, message: string}, warning?: string}} Page
 * @typedef {{width: number, height: number, map: (point: Point) => Point}} Space the upright page, and the way there
 */

/** @type {Record<number, (w: number, h: number) => (point: Point) => Point>} clockwise turns of a picture of w x h */
const TURNS = {
  0: () => (point) => point,
  90: (_, h) => ([x, y]) => [h - y, x],
  180: (w, h) => ([x, y]) => [w - x, h - y],
  270: (w) => ([x, y]) => [y, w - x],
};

/**
 * Boxes and size of a PDF's page have its turn already. Of a mirrored picture the mirroring comes first, then the turn.
 * Pixels that are not square, as those of a fax, are stretched before both.
 * @param {Page} page @param {string} mediaType of the upload
 * @returns {Space}
 */
export function upright({ width: across, height: down, rotation, lines, pixel_aspect: aspect = 1 }, mediaType) {
  if (mediaType === "application/pdf") return { width: across, height: down, map: (point) => point };
  const [wider, higher] = [Math.max(1, 1 / aspect), Math.max(1, aspect)];
  const [width, height] = [across * wider, down * higher];
  const turn = (TURNS[rotation] ?? TURNS[0])(width, height);
  const sideways = rotation === 90 || rotation === 270;
  return {
    width: sideways ? height : width,
    height: sideways ? width : height,
    map: isMirrored(lines) ? ([x, y]) => turn([width - x * wider, y * higher]) : ([x, y]) => turn([x * wider, y * higher]),
  };
}

/** Corners run clockwise from a text's own top left, but counter-clockwise where the stored picture is mirrored. @param {Line[]} lines */
function isMirrored(lines) {
  return lines.reduce((sum, line) => sum + signedArea(line.bbox), 0) < 0;
}

/** @param {Point[]} points positive where they run clockwise, with y down */
function signedArea(points) {
  return points.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = points[(i + 1) % points.length];
    return sum + (x * nextY - nextX * y) / 2;
  }, 0);
}

/** For the `points` of a polygon. @param {Point[]} quad @param {Space} space */
export function polygonPoints(quad, space) {
  return quad.map((point) => space.map(point).map((value) => value.toFixed(1)).join(",")).join(" ");
}

/**
 * Where a part of a line's text lies: its words, or the share of its box where there are none.
 * @param {Line} line @param {number} start @param {number} end character positions
 * @returns {Point[][]}
 */
export function partOf(line, start, end) {
  const words = wordsBetween(line, start, end);
  if (words.length > 0) return words.map((word) => word.bbox);
  const [from, to] = [start / line.text.length, end / line.text.length];
  const [tl, tr, br, bl] = line.bbox;
  return [[between(tl, tr, from), between(tl, tr, to), between(bl, br, to), between(bl, br, from)]];
}

/** @param {Line} line @param {number} start @param {number} end */
function wordsBetween(line, start, end) {
  let at = 0;
  return (line.words ?? []).filter((word) => {
    const begin = line.text.indexOf(word.text, at);
    if (begin < 0) return false;
    at = begin + word.text.length;
    return begin < end && at > start;
  });
}

/** @param {Point} one @param {Point} other @param {number} share @returns {Point} */
function between(one, other, share) {
  return [one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share];
}

/** How far a reading can be relied on, for shades. @param {number} confidence */
export function sureness(confidence) {
  if (confidence >= 0.9) return "sure";
  return confidence >= 0.7 ? "check" : "doubtful";
}
