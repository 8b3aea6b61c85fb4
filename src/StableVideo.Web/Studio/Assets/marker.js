// Marks the object in a frame by a box or a polygon.
import { sendMask } from './send.js';

const states = new WeakMap();

export function start(root, source) {
  if (states.has(root)) return;
  const canvas = root.querySelector('canvas');
  const hint = root.querySelector('[data-hint]');
  const picture = new Image();
  const [width, height] = [canvas.width, canvas.height];
  // Small clips are drawn larger than they are, so that marks are fine lines.
  const scale = Math.max(1, 960 / width);
  [canvas.width, canvas.height] = [Math.round(width * scale), Math.round(height * scale)];
  const state = { tool: 'box', box: null, points: [], canvas, width, height };
  states.set(root, state);
  const draw = () => render(state, picture);
  picture.onload = () => { draw(); canvas.dataset.ready = 'true'; };
  picture.src = source;

  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    const clamp = (value, most) => Math.max(0, Math.min(most, value));
    return [clamp((event.clientX - box.left) / box.width * canvas.width, canvas.width), clamp((event.clientY - box.top) / box.height * canvas.height, canvas.height)];
  };
  const choose = (tool) => {
    state.tool = tool;
    root.querySelectorAll('[data-tool]').forEach((button) => button.setAttribute('aria-pressed', String(button.dataset.tool === tool)));
    hint.textContent = tool === 'box' ? 'Drag a box around the object.' : 'Click the corners of a polygon around the object.';
    draw();
  };
  root.querySelectorAll('[data-tool]').forEach((button) => button.addEventListener('click', () => choose(button.dataset.tool)));
  root.querySelector('[data-undo]').addEventListener('click', () => {
    if (state.tool === 'box') state.box = null; else state.points.pop();
    draw();
  });
  root.querySelector('[data-clear]').addEventListener('click', () => { state.box = null; state.points = []; draw(); });

  canvas.addEventListener('pointerdown', (event) => {
    canvas.focus({ preventScroll: true });
    const [x, y] = at(event);
    if (state.tool === 'polygon') { state.points.push([x, y]); draw(); return; }
    canvas.setPointerCapture(event.pointerId);
    state.box = [x, y, x, y];
    const move = (moved) => { const [x2, y2] = at(moved); state.box = [x, y, x2, y2]; draw(); };
    canvas.addEventListener('pointermove', move);
    for (const name of ['pointerup', 'pointercancel']) canvas.addEventListener(name, () => canvas.removeEventListener('pointermove', move), { once: true });
  });
  canvas.addEventListener('keydown', (event) => {
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (!(event.key in moves)) return;
    event.preventDefault();
    const pace = Math.max(1, Math.round(canvas.width / 160));
    const [dx, dy] = moves[event.key].map((part) => part * pace);
    if (state.tool === 'box') {
      state.box ??= [canvas.width * 0.3, canvas.height * 0.3, canvas.width * 0.7, canvas.height * 0.7];
      if (!event.shiftKey) { state.box[0] += dx; state.box[1] += dy; }
      state.box[2] += dx; state.box[3] += dy;
    } else if (state.points.length) {
      const last = state.points.at(-1);
      last[0] += dx; last[1] += dy;
    }
    draw();
  });
  draw();
}

function trace(context, state) {
  context.beginPath();
  if (state.tool === 'box' && state.box) {
    const [x, y, x2, y2] = state.box;
    context.rect(Math.min(x, x2), Math.min(y, y2), Math.abs(x2 - x), Math.abs(y2 - y));
  } else if (state.tool === 'polygon') {
    state.points.forEach(([x, y], index) => (index ? context.lineTo(x, y) : context.moveTo(x, y)));
    context.closePath();
  }
}

function render(state, picture) {
  const { canvas } = state;
  const context = canvas.getContext('2d');
  context.clearRect(0, 0, canvas.width, canvas.height);
  if (picture.complete && picture.naturalWidth) context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  trace(context, state);
  context.fillStyle = 'rgba(240, 166, 58, 0.35)';
  context.fill();
  context.lineWidth = Math.max(2, canvas.width / 400);
  context.strokeStyle = '#f0a63a';
  context.stroke();
  if (state.tool === 'polygon') {
    context.fillStyle = '#f0a63a';
    for (const [x, y] of state.points) { context.beginPath(); context.arc(x, y, canvas.width / 150, 0, 7); context.fill(); }
  }
}

/** What is marked, in pixels of the clip: a box as its numbers, a polygon as the id of a mask that was sent. */
export async function send(root) {
  const state = states.get(root);
  const scale = state.width / state.canvas.width;
  if (state.tool === 'box') {
    const [x, y, x2, y2] = (state.box ?? [0, 0, 0, 0]).map((part) => Math.round(part * scale));
    if (Math.abs(x2 - x) < 4 || Math.abs(y2 - y) < 4) throw new Error('Mark the object in the first frame, or let it be found by its motion.');
    return { box: [Math.min(x, x2), Math.min(y, y2), Math.abs(x2 - x), Math.abs(y2 - y)] };
  }
  if (state.points.length < 3) throw new Error('A polygon has three corners at least. Mark the object, or let it be found by its motion.');
  const mask = document.createElement('canvas');
  [mask.width, mask.height] = [state.width, state.height];
  const context = mask.getContext('2d');
  context.fillRect(0, 0, mask.width, mask.height);
  context.fillStyle = '#fff';
  context.scale(scale, scale);
  trace(context, state);
  context.fill();
  return { mask: await sendMask(mask, 'marked object.png') };
}
