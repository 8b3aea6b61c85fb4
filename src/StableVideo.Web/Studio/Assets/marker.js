// Marks the object in frames of a clip, each by a box or a polygon.
import { sendMask } from './send.js';

const states = new WeakMap();
const smallWidth = 320;
const rest = 180; // milliseconds without a change before a frame is fetched at its full size
const colour = '#f0a63a';

export function start(root, source, frames, first) {
  if (states.has(root)) { show(root, first); return; }
  const canvas = root.querySelector('canvas');
  const [width, height] = [canvas.width, canvas.height];
  // Small clips are drawn larger than they are, so that marks are fine lines.
  const scale = Math.max(1, 960 / width);
  [canvas.width, canvas.height] = [Math.round(width * scale), Math.round(height * scale)];
  const state = {
    root, source, frames, canvas, width, height, tool: 'box', frame: -1, marks: new Map(), picture: null,
    slider: root.querySelector('[data-frame]'), label: root.querySelector('[data-frame-label]'), list: root.querySelector('[data-marks]'),
  };
  states.set(root, state);

  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    const clamp = (value, most) => Math.max(0, Math.min(most, value));
    return [clamp((event.clientX - box.left) / box.width * canvas.width, canvas.width), clamp((event.clientY - box.top) / box.height * canvas.height, canvas.height)];
  };
  root.querySelectorAll('[data-tool]').forEach((button) => button.addEventListener('click', () => choose(state, button.dataset.tool)));
  root.querySelector('[data-undo]').addEventListener('click', () => {
    const mark = state.marks.get(state.frame);
    if (mark?.points.length > 1) mark.points.pop(); else state.marks.delete(state.frame);
    changed(state);
  });
  root.querySelector('[data-clear]').addEventListener('click', () => { state.marks.delete(state.frame); changed(state); });
  root.querySelectorAll('[data-go]').forEach((button) => button.addEventListener('click', () => go(state, state.frame + Number(button.dataset.go))));
  state.slider.addEventListener('input', () => go(state, Number(state.slider.value)));

  canvas.addEventListener('pointerdown', (event) => {
    canvas.focus({ preventScroll: true });
    const [x, y] = at(event);
    if (state.tool === 'polygon') { addCorner(state, x, y); return; }
    canvas.setPointerCapture(event.pointerId);
    const mark = { box: [x, y, x, y], points: [] };
    const move = (moved) => {
      const [x2, y2] = at(moved);
      mark.box = [x, y, x2, y2];
      state.marks.set(state.frame, mark);
      render(state);
    };
    canvas.addEventListener('pointermove', move);
    const end = () => {
      canvas.removeEventListener('pointermove', move);
      for (const name of ['pointerup', 'pointercancel']) canvas.removeEventListener(name, end);
      changed(state);
    };
    for (const name of ['pointerup', 'pointercancel']) canvas.addEventListener(name, end);
  });
  canvas.addEventListener('keydown', (event) => press(state, event));
  recall(state);
  go(state, first);
}

/** Shows a frame, and goes to it when it is to be marked now. */
export function show(root, frame, isToBeMarked = false) {
  const state = states.get(root);
  if (!state) return;
  go(state, frame);
  if (isToBeMarked) state.canvas.focus();
}

function choose(state, tool) {
  state.tool = tool;
  state.root.querySelectorAll('[data-tool]').forEach((button) => button.setAttribute('aria-pressed', String(button.dataset.tool === tool)));
  state.root.querySelector('[data-hint]').textContent = tool === 'box' ? 'Drag a box around the object.' : 'Click the corners of a polygon around the object.';
}

function press(state, event) {
  const { canvas } = state;
  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const steps = { PageUp: -1, PageDown: 1 };
  const mark = state.marks.get(state.frame);
  if (event.key in steps) {
    event.preventDefault();
    go(state, state.frame + steps[event.key]);
  } else if ((event.key === ' ' || event.key === 'Enter') && state.tool === 'polygon') {
    event.preventDefault();
    addCorner(state, ...(mark?.points.at(-1) ?? [canvas.width / 2, canvas.height / 2]));
  } else if (event.key in moves) {
    event.preventDefault();
    const pace = Math.max(1, Math.round(canvas.width / 160));
    const [dx, dy] = moves[event.key].map((part) => part * pace);
    if (state.tool === 'box') {
      const box = mark?.box ?? [canvas.width * 0.3, canvas.height * 0.3, canvas.width * 0.7, canvas.height * 0.7];
      if (!event.shiftKey) { box[0] += dx; box[1] += dy; }
      box[2] += dx; box[3] += dy;
      state.marks.set(state.frame, { box, points: [] });
    } else if (mark?.points.length) {
      const last = mark.points.at(-1);
      last[0] += dx; last[1] += dy;
    }
    changed(state);
  }
}

function addCorner(state, x, y) {
  const points = state.marks.get(state.frame)?.points ?? [];
  state.marks.set(state.frame, { box: null, points: [...points, [x, y]] });
  changed(state);
}

/** Goes to a frame: small at once, at full size when it is stayed at. */
function go(state, to) {
  const frame = Math.max(0, Math.min(state.frames - 1, Math.round(to) || 0));
  if (frame === state.frame) return;
  state.frame = frame;
  state.slider.value = frame;
  state.label.textContent = `Frame ${frame}`;
  state.slider.setAttribute('aria-valuetext', `Frame ${frame} of ${state.frames}`);
  changed(state);
  clearTimeout(state.pause);
  let whole = false;
  const load = (width, isWhole) => {
    const picture = new Image();
    picture.onload = () => {
      if (state.frame !== frame || (whole && !isWhole)) return;
      whole = isWhole;
      state.picture = picture;
      render(state);
      state.canvas.dataset.ready = String(frame);
    };
    picture.src = `${state.source}/${frame}?width=${width}`;
  };
  load(smallWidth, false);
  state.pause = setTimeout(() => load(1920, true), rest);
}

/** Marks outlive the page being loaded again, in this tab. */
function recall(state) {
  try {
    state.marks = new Map(JSON.parse(sessionStorage.getItem(state.source) ?? '[]'));
  } catch {
    state.marks = new Map();
  }
}

/** Marks or the frame have changed. */
function changed(state) {
  render(state);
  sessionStorage.setItem(state.source, JSON.stringify([...state.marks]));
  const buttons = [...state.marks.keys()].sort((a, b) => a - b).map((frame) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = `Frame ${frame}`;
    button.dataset.marked = String(frame);
    button.setAttribute('aria-pressed', String(frame === state.frame));
    button.addEventListener('click', () => go(state, frame));
    return button;
  });
  state.list.replaceChildren(buttons.length ? 'Marked: ' : 'No frame is marked yet.', ...buttons);
}

function trace(context, mark) {
  context.beginPath();
  if (mark.box) {
    const [x, y, x2, y2] = mark.box;
    context.rect(Math.min(x, x2), Math.min(y, y2), Math.abs(x2 - x), Math.abs(y2 - y));
  } else {
    mark.points.forEach(([x, y], index) => (index ? context.lineTo(x, y) : context.moveTo(x, y)));
    context.closePath();
  }
}

function render(state) {
  const { canvas, picture } = state;
  const context = canvas.getContext('2d');
  context.clearRect(0, 0, canvas.width, canvas.height);
  if (picture) context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const mark = state.marks.get(state.frame);
  if (!mark) return;
  trace(context, mark);
  context.fillStyle = 'rgba(240, 166, 58, 0.35)';
  context.fill();
  context.lineWidth = Math.max(2, canvas.width / 400);
  context.strokeStyle = colour;
  context.stroke();
  context.fillStyle = colour;
  for (const [x, y] of mark.points) { context.beginPath(); context.arc(x, y, canvas.width / 150, 0, 7); context.fill(); }
}

/** What is marked, in pixels of the clip, frame by frame: a box as its numbers, a polygon as the id of a mask that was sent. */
export async function send(root) {
  const state = states.get(root);
  if (!state?.marks.size) throw new Error('Mark the object in a frame, or let it be found by its motion.');
  const scale = state.width / state.canvas.width;
  const marks = [];
  for (const [frame, mark] of [...state.marks].sort(([a], [b]) => a - b)) {
    if (mark.box) {
      const [x, y, x2, y2] = mark.box.map((part) => Math.round(part * scale));
      if (Math.abs(x2 - x) < 4 || Math.abs(y2 - y) < 4) throw new Error(`The box in frame ${frame} is too small. Drag it around the whole object.`);
      marks.push({ frame, box: [Math.min(x, x2), Math.min(y, y2), Math.abs(x2 - x), Math.abs(y2 - y)] });
    } else {
      if (mark.points.length < 3) throw new Error(`A polygon has three corners at least; the one in frame ${frame} has ${mark.points.length}. Add corners, or clear it.`);
      const drawn = JSON.stringify(mark.points);
      if (mark.sent?.drawn !== drawn) mark.sent = { drawn, mask: await sendMask(fill(state, mark, scale), `frame ${frame}.png`) };
      marks.push({ frame, mask: mark.sent.mask });
    }
  }

  return marks;
}

function fill(state, mark, scale) {
  const mask = document.createElement('canvas');
  [mask.width, mask.height] = [state.width, state.height];
  const context = mask.getContext('2d');
  context.fillRect(0, 0, mask.width, mask.height);
  context.fillStyle = '#fff';
  context.scale(scale, scale);
  trace(context, mark);
  context.fill();
  return mask;
}
