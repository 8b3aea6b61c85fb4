// Results on cards are fetched when they come into sight, and play while they are pointed at.
const seen = new IntersectionObserver((entries) => {
  for (const entry of entries.filter((one) => one.isIntersecting)) {
    seen.unobserve(entry.target);
    entry.target.src = entry.target.dataset.src;
  }
}, { rootMargin: '200px' });
const found = new WeakSet();
const look = () => document.querySelectorAll('video[data-src]').forEach((video) => {
  if (found.has(video)) return;
  found.add(video);
  seen.observe(video);
});
new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
look();

const video = (event) => event.target.closest?.('.card')?.querySelector('video[data-hover]');
document.addEventListener('pointerover', (event) => { video(event)?.play().catch(() => {}); });
document.addEventListener('pointerout', (event) => {
  if (!event.relatedTarget?.closest || event.relatedTarget.closest('.card') !== event.target.closest?.('.card')) video(event)?.pause();
});
