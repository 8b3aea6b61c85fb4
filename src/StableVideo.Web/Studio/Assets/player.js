// Videos that play as one: the first leads, the others follow.
import { playable } from './frames.js';

const players = new WeakMap();

/** Number of the frame that is shown. */
export const frameOf = (root) => players.get(root)?.() ?? 0;

export function start(root) {
  if (!root || root.dataset.started) return;
  root.dataset.started = 'yes';
  const rate = Number(root.dataset.rate) || 25;
  // Not waited for: whoever calls has other things to do while videos are fetched.
  Promise.all([...root.querySelectorAll('video')].map((video) => playable(video, rate))).then((videos) => together(root, videos, 1 / rate));
}

function together(root, videos, frame) {
  const [lead, ...others] = videos;
  const play = root.querySelector('[data-play]');
  const time = root.querySelector('[data-time]');
  const split = root.querySelector('[data-split]');
  const number = root.querySelector('[data-number]');
  const current = () => Math.floor((lead.currentTime / frame) + 0.01);
  players.set(root, current);

  const show = () => {
    if (number) number.textContent = `Frame ${current()}`;
    play.textContent = lead.paused ? '▶' : '❚❚';
    play.setAttribute('aria-pressed', String(!lead.paused));
    if (lead.duration) time.value = lead.currentTime / lead.duration;
  };
  const seek = (seconds) => {
    // The middle of a frame: its edge may be shown as the frame before.
    const to = Math.max(0, Math.min((Math.floor((seconds / frame) + 0.01) + 0.5) * frame, (lead.duration || 0) - frame / 2));
    videos.forEach((video) => { video.currentTime = to; });
  };
  const toggle = () => {
    if (lead.paused) videos.forEach((video) => video.play().catch(() => {}));
    else videos.forEach((video) => video.pause());
  };
  const step = (frames) => {
    videos.forEach((video) => video.pause());
    seek(lead.currentTime + frames * frame);
  };
  const follow = () => {
    for (const other of others) {
      if (Math.abs(other.currentTime - lead.currentTime) > frame * 0.75) other.currentTime = lead.currentTime;
    }
    show();
    if (!lead.paused) requestAnimationFrame(follow);
  };

  lead.addEventListener('play', () => requestAnimationFrame(follow));
  for (const name of ['pause', 'seeked']) lead.addEventListener(name, () => { follow(); });
  play.addEventListener('click', toggle);
  root.querySelectorAll('[data-step]').forEach((button) => button.addEventListener('click', () => step(Number(button.dataset.step))));
  time.addEventListener('input', () => seek(Number(time.value) * (lead.duration || 0)));
  root.addEventListener('keydown', (event) => {
    if (event.target.matches('input')) return;
    if (event.key === ' ' && !event.target.matches('button')) { event.preventDefault(); toggle(); }
    if (event.key === 'ArrowLeft') step(-1);
    if (event.key === 'ArrowRight') step(1);
  });

  if (split) {
    const stack = root.querySelector('.stack');
    const apply = () => stack.style.setProperty('--split', `${split.value}%`);
    split.addEventListener('input', apply);
    const drag = (event) => {
      const box = stack.getBoundingClientRect();
      split.value = Math.max(0, Math.min(100, (event.clientX - box.left) / box.width * 100));
      apply();
    };
    stack.addEventListener('pointerdown', (event) => {
      stack.setPointerCapture(event.pointerId);
      drag(event);
      stack.addEventListener('pointermove', drag);
    });
    for (const name of ['pointerup', 'pointercancel']) stack.addEventListener(name, () => stack.removeEventListener('pointermove', drag));
    apply();
  }
  show();
}
