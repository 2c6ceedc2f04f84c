// Things that lie in a row, as lines and their boxes do: pointed at, clicked, and gone through with keys.

/** @typedef {{ hover(index: number): void, select(index: number): void, enter(index: number): void }} Tell */
/** @typedef {{ indexOf(target: Element): number, count(): number, focus(index: number): void }} Row */
/** @typedef {{ moves: Record<string, number>, selects: string[], enters: string[] }} Keys */

/** @param {Row} row @param {Tell} tell @param {Keys} keys */
export function listeners(row, tell, keys) {
  const index = (/** @type {Event} */ event) => row.indexOf(/** @type {Element} */ (event.target));
  return {
    click: (/** @type {Event} */ event) => index(event) >= 0 && tell.select(index(event)),
    pointerover: (/** @type {Event} */ event) => tell.hover(index(event)),
    pointerleave: () => tell.hover(-1),
    keydown: (/** @type {KeyboardEvent} */ event) => key(event, index(event), row, tell, keys),
  };
}

/** @param {KeyboardEvent} event @param {number} index @param {Row} row @param {Tell} tell @param {Keys} keys */
function key(event, index, row, tell, { moves, selects, enters }) {
  const next = { Home: 0, End: row.count() - 1 }[event.key] ?? (event.key in moves ? index + moves[event.key] : -1);
  if (enters.includes(event.key)) tell.enter(index);
  else if (selects.includes(event.key)) tell.select(index);
  else if (next >= 0 && next < row.count()) {
    tell.select(next);
    row.focus(next);
  } else return;
  event.preventDefault();
}
