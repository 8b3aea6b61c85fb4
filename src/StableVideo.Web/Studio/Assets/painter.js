// Paints a mask over an atlas.
import { sendMask } from './send.js';

const states = new WeakMap();
const steps = 30;

export function start(root, source) {
  if (states.has(root)) return;
  const canvas = root.querySelector('canvas');
  const picture = new Image();
  const mask = document.createElement('canvas');
  const state = { mask, mode: 'paint', history: [], cursor: null };
  states.set(root, state);
  const brush = root.querySelector('[data-brush]');
  const zoom = root.querySelector('[data-zoom]');

  const draw = () => {
    const context = canvas.getContext('2d');
    context.globalCompositeOperation = 'source-over';
    context.drawImage(picture, 0, 0);
    const tint = document.createElement('canvas');
    [tint.width, tint.height] = [mask.width, mask.height];
    const colours = tint.getContext('2d');
    colours.drawImage(mask, 0, 0);
    colours.globalCompositeOperation = 'source-in';
    colours.fillStyle = 'rgba(64, 200, 255, 0.6)';
    colours.fillRect(0, 0, tint.width, tint.height);
    context.drawImage(tint, 0, 0);
    if (state.cursor) {
      context.beginPath();
      context.arc(state.cursor[0], state.cursor[1], Number(brush.value) / 2, 0, 7);
      context.strokeStyle = '#fff';
      context.lineWidth = 2;
      context.stroke();
    }
  };
  picture.onload = () => {
    for (const sheet of [canvas, mask]) [sheet.width, sheet.height] = [picture.naturalWidth, picture.naturalHeight];
    state.cursor = [canvas.width / 2, canvas.height / 2];
    scale();
    draw();
    canvas.dataset.ready = 'true';
  };
  picture.src = source;

  const scale = () => { canvas.style.width = `${zoom.value}%`; };
  const remember = () => {
    state.history.push(mask.getContext('2d').getImageData(0, 0, mask.width, mask.height));
    if (state.history.length > steps) state.history.shift();
  };
  const stroke = (from, to) => {
    const context = mask.getContext('2d');
    context.globalCompositeOperation = state.mode === 'paint' ? 'source-over' : 'destination-out';
    context.strokeStyle = '#fff';
    context.lineCap = 'round';
    context.lineWidth = Number(brush.value);
    context.beginPath();
    context.moveTo(...from);
    context.lineTo(to[0] + 0.01, to[1]);
    context.stroke();
    state.cursor = to;
    draw();
  };
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width * canvas.width, (event.clientY - box.top) / box.height * canvas.height];
  };

  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    remember();
    let last = at(event);
    stroke(last, last);
    const move = (moved) => { const next = at(moved); stroke(last, next); last = next; };
    canvas.addEventListener('pointermove', move);
    for (const name of ['pointerup', 'pointercancel']) canvas.addEventListener(name, () => canvas.removeEventListener('pointermove', move), { once: true });
  });
  canvas.addEventListener('keydown', (event) => {
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (event.key in moves) {
      event.preventDefault();
      const pace = Number(brush.value) / 2;
      const next = [state.cursor[0] + moves[event.key][0] * pace, state.cursor[1] + moves[event.key][1] * pace];
      if (event.shiftKey) stroke(state.cursor, next); else { state.cursor = next; draw(); }
    }
    if (event.key === ' ') { event.preventDefault(); remember(); stroke(state.cursor, state.cursor); }
  });
  root.querySelectorAll('[data-mode]').forEach((button) => button.addEventListener('click', () => {
    state.mode = button.dataset.mode;
    root.querySelectorAll('[data-mode]').forEach((other) => other.setAttribute('aria-pressed', String(other === button)));
  }));
  root.querySelector('[data-undo]').addEventListener('click', () => {
    const before = state.history.pop();
    if (before) mask.getContext('2d').putImageData(before, 0, 0);
    draw();
  });
  root.querySelector('[data-clear]').addEventListener('click', () => {
    remember();
    mask.getContext('2d').clearRect(0, 0, mask.width, mask.height);
    draw();
  });
  zoom.addEventListener('input', scale);
  brush.addEventListener('input', draw);
}

/** Sends what is painted as a mask; its id. */
export async function send(root) {
  const state = states.get(root);
  if (!state?.history.length) throw new Error('Nothing is painted yet. Paint over what is to stay as it was filmed.');
  const whole = document.createElement('canvas');
  [whole.width, whole.height] = [state.mask.width, state.mask.height];
  const context = whole.getContext('2d');
  context.fillRect(0, 0, whole.width, whole.height);
  context.drawImage(state.mask, 0, 0);
  return sendMask(whole, 'protected.png');
}
