// A clip that the browser can not play, shown frame by frame as pictures; it is used as a video element is.
const kept = 400; // pictures

export class FrameVideo extends EventTarget {
  constructor(video, rate) {
    super();
    this.source = video.dataset.frames;
    this.count = Number(video.dataset.count) || 1;
    this.rate = rate;
    this.pictures = new Map();
    this.paused = true;
    this.time = 0;
    this.canvas = document.createElement('canvas');
    this.canvas.className = video.className;
    this.canvas.setAttribute('role', 'img');
    this.canvas.setAttribute('aria-label', video.getAttribute('aria-label') ?? '');
    // The element belongs to whoever rendered it: it is hidden, and stays.
    video.hidden = true;
    video.after(this.canvas);
    this.draw();
  }

  get duration() { return this.count / this.rate; }

  get currentTime() { return this.time; }

  set currentTime(seconds) {
    this.time = Math.max(0, Math.min(seconds, this.duration));
    this.draw();
    this.dispatchEvent(new Event('seeked'));
  }

  async play() {
    this.paused = false;
    let last = performance.now();
    const go = (now) => {
      if (this.paused) return;
      this.time = (this.time + (now - last) / 1000) % this.duration;
      last = now;
      this.draw();
      requestAnimationFrame(go);
    };
    requestAnimationFrame(go);
    this.dispatchEvent(new Event('play'));
  }

  pause() {
    this.paused = true;
    this.dispatchEvent(new Event('pause'));
  }

  draw() {
    const frame = Math.min(this.count - 1, Math.floor(this.time * this.rate + 0.01));
    const picture = this.fetch(frame);
    for (let ahead = 1; ahead <= 8; ahead += 1) this.fetch((frame + ahead) % this.count);
    const show = () => {
      if (Math.min(this.count - 1, Math.floor(this.time * this.rate + 0.01)) !== frame) return;
      [this.canvas.width, this.canvas.height] = [picture.naturalWidth, picture.naturalHeight];
      this.canvas.getContext('2d').drawImage(picture, 0, 0);
      this.canvas.dataset.shown = String(frame);
    };
    if (picture.complete && picture.naturalWidth) show(); else picture.addEventListener('load', show, { once: true });
  }

  fetch(frame) {
    if (!this.pictures.has(frame)) {
      const picture = new Image();
      picture.src = `${this.source}/${frame}?width=320`;
      this.pictures.set(frame, picture);
      if (this.pictures.size > kept) this.pictures.delete(this.pictures.keys().next().value);
    }
    return this.pictures.get(frame);
  }
}

/** The video once its length is known, or its frames where it can not be played. */
export const playable = (video, rate) => new Promise((done) => {
  const instead = () => done(video.dataset.frames ? new FrameVideo(video, rate) : video);
  if (video.error) instead();
  else if (video.readyState >= 1) done(video);
  else {
    video.addEventListener('loadedmetadata', () => done(video), { once: true });
    video.addEventListener('error', instead, { once: true });
  }
});
